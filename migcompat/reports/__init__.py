"""Renders a report: one format a file, each a pure function of the report and its context."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from migcompat.findings import Report
from migcompat.reports import concise, full, github, gitlab, json_v1, junit, markdown, sarif
from migcompat.reports.model import Context

Renderer = Callable[[Report, Context], str]

RENDERERS: Mapping[str, Renderer] = {
    "full": full.render,
    "concise": concise.render,
    "github": github.render,
    "markdown": markdown.render,
    "json": json_v1.render,
    "sarif": sarif.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
}
