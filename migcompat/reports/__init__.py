"""Renders a report: one format a file, each a pure function of the report and its context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migcompat.findings import Report
    from migcompat.reports.model import Context

    Renderer = Callable[[Report, Context], str]


def _of(module: str) -> Renderer:
    """The renderer of a module that is loaded when it is used: a run needs one or two of them."""

    def render(report: Report, context: Context) -> str:
        rendered: str = import_module(f"migcompat.reports.{module}").render(report, context)
        return rendered

    return render


RENDERERS: Mapping[str, Renderer] = {
    "full": _of("full"),
    "concise": _of("concise"),
    "github": _of("github"),
    "markdown": _of("markdown"),
    "json": _of("json_v1"),
    "sarif": _of("sarif"),
    "gitlab": _of("gitlab"),
    "junit": _of("junit"),
}
