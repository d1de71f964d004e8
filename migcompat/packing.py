"""Values as bytes, for the cache and for other processes.

A pickle can call functions. What is read back here may name no class but the plain ones of `_MODULES`, so that even a file slipped into
a shared CI cache builds values and runs no code.
"""

from __future__ import annotations

import io
import pickle
from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")
_MODULES = frozenset(
    f"migcompat.{name}"
    for name in """changes.alterations changes.definitions changes.functions changes.relations changes.schemas changes.triggers
    changes.types changes.undecided engine findings schema.catalog schema.model schema.store sql.names sql.splitter states""".split()
)


def pack(value: object) -> bytes:
    """A value of plain classes as bytes."""
    return pickle.dumps(value, protocol=4)


def unpack(data: bytes) -> Any:
    """The value that was packed. Raises where it names any other class, or is no pickle."""
    return _Unpickler(io.BytesIO(data)).load()


def unpacked(class_: type[T], data: bytes | None) -> T | None:
    """The value that was packed; None where there is none, it is damaged, or it is of another class."""
    try:
        found = unpack(data) if data is not None else None
    except Exception:  # noqa: BLE001 - a damaged pickle may raise anything
        return None
    return found if isinstance(found, class_) else None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = getattr(import_module(module), name, None) if module in _MODULES else None
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no plain class")
        return found
