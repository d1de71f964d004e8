"""Values: what frozen, slotted dataclasses are, for a twentieth of the time that they take to import.

`dataclasses` writes and compiles six methods for each class when it is defined, and there are two hundred of them. Here they share all but
the constructor and the copy, each compiled when the first one is made. A type checker takes them for dataclasses, and keeps them frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414 - this is where others find it

    from typing_extensions import dataclass_transform
else:

    def replace(value, /, **changes):
        """The same value but for some of its fields."""
        made = value.__copy__()
        for name, item in changes.items():
            setattr(made, name, item)
        return made

    def dataclass_transform(**_):
        return lambda decorator: decorator


T = TypeVar("T")
EMPTY: Mapping[Any, Any] = MappingProxyType({})
"""A default for a field that is a mapping."""


@dataclass_transform(frozen_default=True)
def frozen(class_: type[T]) -> type[T]:
    """Makes a class of annotated fields one of values: made by their fields, equal by their fields, without room for anything else."""
    annotated = class_.__annotations__
    inherited: tuple[str, ...] = getattr(class_, "__match_args__", ())
    names = (*inherited, *(name for name in annotated if name not in inherited))
    space = {name: item for name, item in vars(class_).items() if name not in ("__dict__", "__weakref__")}
    defaults = {**getattr(class_, "_defaults", {}), **{name: space.pop(name) for name in annotated if name in space}}
    held: Callable[[Any], tuple[Any, ...]] = attrgetter(*names) if len(names) > 1 else lambda self: (getattr(self, names[0]),)

    def first(self: object, *values: object, **named: object) -> None:
        made.__init__ = _constructor(names, defaults)
        made.__init__(self, *values, **named)

    def first_copy(self: object) -> object:
        made.__copy__ = _copier(names)
        return made.__copy__(self)

    def equal(self: object, other: object) -> bool:
        return held(self) == held(other) if type(other) is type(self) else NotImplemented

    def shown(self: object) -> str:
        return f"{class_.__qualname__}({', '.join(f'{name}={item!r}' for name, item in zip(names, held(self), strict=True))})"

    made: Any = type(class_.__name__, class_.__bases__, {
        "__init__": first, "__copy__": first_copy, "__eq__": equal, "__hash__": lambda self: hash(held(self)), "__repr__": shown,
        "__reduce__": lambda self: (made, held(self)), **space,
        "__slots__": names[len(inherited) :], "__match_args__": names, "__qualname__": class_.__qualname__, "_defaults": defaults,
    })  # fmt: skip
    return made  # type: ignore[no-any-return]


def fields(value: object) -> tuple[str, ...]:
    """The names of a value's fields; none where it is no value of a class made here."""
    class_: Any = type(value)
    return class_.__match_args__ if hasattr(class_, "_defaults") else ()


def _constructor(names: tuple[str, ...], defaults: Mapping[str, object]) -> Callable[..., None]:
    parameters = ", ".join(f"{name}=defaults[{name!r}]" if name in defaults else name for name in names)
    assigned = "".join(f"\n self.{name} = {name}" for name in names)
    space: dict[str, Any] = {"defaults": defaults}
    exec(f"def __init__(self, {parameters}):{assigned}", space)
    return space["__init__"]  # type: ignore[no-any-return]


def _copier(names: tuple[str, ...]) -> Callable[[object], object]:
    assigned = "".join(f"\n made.{name} = self.{name}" for name in names)
    space: dict[str, Any] = {"new": object.__new__}
    exec(f"def __copy__(self):\n made = new(type(self)){assigned}\n return made", space)
    return space["__copy__"]  # type: ignore[no-any-return]
