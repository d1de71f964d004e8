"""Objects by id, with what they were when the deploy began."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from migcompat.errors import Exceeded

T = TypeVar("T")
_MOST_WORK = 100_000_000
"""Objects that the changes of a history reach, each as often as it is looked at, some 0.3 µs: thousands of changes to what thousands of
objects depend on must come to an end, be they of one deploy or of as many."""
_EACH_DEPLOY = 10_000
"""How many of them a deploy may reach without being counted towards those after it; in real histories it reaches some 1,000 to 6,000."""
_CHANGED = 100
"""What an object that is changed, and judged for it, counts for."""


class Store(Generic[T]):
    """The current objects of one kind, by id and by key.

    The first change to an object in a deploy keeps its earlier value, so that the schema before costs only what was touched.
    One that comes out of the cache holds its objects packed until they are asked for: a deploy speaks of few of them.
    """

    def __init__(self) -> None:
        self._now: dict[int, T | bytes] = {}
        self._keys: dict[Hashable, int] = {}
        self._was: dict[int, tuple[Hashable, T] | None] = {}
        self._was_keys: dict[Hashable, int] = {}
        self._created: set[int] = set()
        self._key_of: dict[int, Hashable] = {}
        self._touched: set[int] = set()
        self._work = self._before = 0
        self._room = _MOST_WORK
        self.is_rekeyed = False
        """Whether the deploy has removed an object, or given one another key."""

    def __getstate__(self) -> dict[str, object]:
        from migcompat.packing import pack

        return {**vars(self), "_now": {id_: value if isinstance(value, bytes) else pack(value) for id_, value in self._now.items()}}

    def begin(self) -> None:
        """A deploy begins: what stands now is the schema before."""
        self._was.clear()
        self._was_keys.clear()
        self._created.clear()
        self._touched.clear()
        self.is_rekeyed = False
        self.rest()
        self._before = max(0, self._before - _EACH_DEPLOY)
        self._room = _MOST_WORK - self._before

    def touched(self) -> set[int]:
        """The ids changed since this was last asked."""
        found, self._touched = self._touched, set()
        return found

    def get(self, id_: int | None) -> T | None:
        if id_ not in self._now:
            return None
        found = self._now[id_]
        if isinstance(found, bytes):
            from migcompat.packing import unpack

            value: T = unpack(found)
            self._now[id_] = value
            return value
        return found

    def find(self, key: Hashable) -> T | None:
        return self.get(self._keys.get(key))

    def rest(self) -> None:
        """What is looked at from here on is counted anew."""
        self._before += self._work
        self._work, self._room = 0, _MOST_WORK

    def spend(self, objects: int) -> None:
        """So many are looked at. Raises Exceeded where the history has looked at too many."""
        self._work += objects
        if self._work > self._room:
            self._work = self._room
            raise Exceeded(f"the history up to here reaches more than {_MOST_WORK:,} objects")

    def __iter__(self) -> Iterator[T]:
        self.spend(len(self._now))
        return iter([value for id_ in list(self._now) if (value := self.get(id_)) is not None])

    def put(self, id_: int, key: Hashable, value: T) -> None:
        """Adds or changes an object."""
        self._keep(id_)
        self._set(id_, key, value)

    def remove(self, id_: int) -> None:
        self._keep(id_)
        self.is_rekeyed = True
        del self._now[id_]
        key = self._key_of.pop(id_)
        if self._keys.get(key) == id_:
            del self._keys[key]
            self._vacated(key)

    def assume(self, id_: int, key: Hashable, value: T) -> None:
        """Adds an object that existed before the deploy, though it was never seen."""
        self._set(id_, key, value)

    def restate(self, id_: int, key: Hashable, value: T) -> None:
        """Says what a touched object was before the deploy, where that is learnt only now."""
        self._was[id_] = (key, value)
        self._created.discard(id_)
        self._was_keys.setdefault(key, id_)

    def forget(self, id_: int) -> None:
        """Takes back an object that was only assumed: it did not exist before the deploy."""
        if id_ in self._now:
            self.remove(id_)
        was = self._was.pop(id_, None)
        self._created.discard(id_)
        self._touched.add(id_)
        if was is not None and self._was_keys.get(was[0]) == id_:
            del self._was_keys[was[0]]

    def touch(self, id_: int) -> None:
        """Something that this object's contract depends on has changed."""
        if id_ in self._now:
            self._keep(id_)

    def was(self, id_: int | None) -> T | None:
        """The object as it was before the deploy; None if it did not exist."""
        if id_ not in self._was:
            return self.get(id_)
        kept = self._was[id_]
        return kept[1] if kept else None

    def was_at(self, key: Hashable) -> T | None:
        """The object that had this key before the deploy."""
        if key in self._was_keys:
            return self.was(self._was_keys[key])
        id_ = self._keys.get(key)
        return self.get(id_) if id_ not in self._was else None

    def replaced(self, ids: set[int]) -> set[int]:
        """These, and those whose key they have now."""
        keys = {self._was_keys.get(self._key_of[id_]) for id_ in ids if id_ in self._key_of}
        return ids | {id_ for id_ in keys if id_ is not None}

    def changed(self) -> list[int]:
        """The ids of every object that the deploy has touched."""
        self.spend(len(self._was))
        return list(self._was)

    @property
    def is_used(self) -> bool:
        """Whether there is any object."""
        return bool(self._now)

    @property
    def is_changed(self) -> bool:
        """Whether the deploy has touched any object."""
        return bool(self._was)

    def created(self, ids: set[int]) -> set[int]:
        """Those of them that the deploy has created."""
        return self._created & ids

    def _keep(self, id_: int) -> None:
        self.spend(_CHANGED)
        self._touched.add(id_)
        if id_ in self._was:
            return
        now = self.get(id_)
        if now is not None:
            key = self._key_of[id_]
            self._was[id_] = (key, now)
            self._was_keys.setdefault(key, id_)
        else:
            self._was[id_] = None
            self._created.add(id_)

    def _vacated(self, key: Hashable) -> None:
        """Nothing answers to a key any more: that touches whatever had it before the deploy."""
        before = self._was_keys.get(key)
        if before is not None:
            self._touched.add(before)

    def _set(self, id_: int, key: Hashable, value: T) -> None:
        old = self._key_of.get(id_)
        if old is not None and old != key:
            self.is_rekeyed = True
            if self._keys.get(old) == id_:
                del self._keys[old]
                self._vacated(old)
        self._now[id_], self._key_of[id_] = value, key
        self._keys[key] = id_
