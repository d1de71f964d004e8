"""The list of the rules that is read without loading them."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_process import run_alone

from migcompat import listing
from migcompat.rules.listing import source

QUICK = (["--version"], ["rules"], ["rollback-guide"], ["rollback-guide", "migration"], ["--help"])


def test_the_listing_is_that_of_the_rules() -> None:
    written = Path(listing.__file__).read_text(encoding="utf-8")
    assert written == source(), "run: python -m migcompat.rules.listing > migcompat/listing.py"


@pytest.mark.parametrize("arguments", QUICK, ids=" ".join)
def test_what_only_prints_loads_neither_parser_nor_rules(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['migcompat', *{arguments!r}]\n"
        "from migcompat.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "loaded = {'sqlglot', 'migcompat.rules', 'migcompat.changes'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    run_alone(code)
