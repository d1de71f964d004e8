"""Names and types as SQL writes them."""

from __future__ import annotations

from migcompat.frozen import frozen


@frozen
class Name:
    """A possibly qualified name."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@frozen
class TypeName:
    """A type as written, built-in names in PostgreSQL's own spelling (`int4` is `integer`)."""

    name: Name
    modifiers: str = ""
    """With its parentheses, as `format_type` prints it: `(10,2)`."""
    dims: int = 0
    builtin: bool = False

    def __str__(self) -> str:
        return _with_modifiers(str(self.name), self.modifiers) + ("[]" if self.dims else "")


def _with_modifiers(name: str, modifiers: str) -> str:
    """`format_type` puts modifiers before the time zone."""
    for tail in (" with time zone", " without time zone"):
        if modifiers and name.endswith(tail):
            return name[: -len(tail)] + modifiers + tail
    return name + modifiers
