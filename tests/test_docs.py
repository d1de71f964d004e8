"""The documentation says what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import click
import pytest

from migcompat.cli import cli
from migcompat.config import Config, load_config
from migcompat.rules.every import BY_NAME

TOP = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("generate", TOP / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.pages())


PAGES = generated()


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda page: page.relative_to(TOP).as_posix())
def test_a_generated_page_is_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "run `python docs/generate.py`"


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {path.stem for path in (TOP / "docs/rules").glob("*.md")} == {"README", *BY_NAME}


def test_the_examples_of_the_configuration_are_settings(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", (TOP / "docs/configuration.md").read_text(encoding="utf-8"), re.DOTALL)
    for example in examples:
        (tmp_path / "migcompat.toml").write_text(example, encoding="utf-8")
        assert load_config(tmp_path, BY_NAME) != Config(), example
    assert len(examples) == 2


def test_links_lead_somewhere() -> None:
    for page in (*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_in_the_readme() -> None:
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    for name in cli.list_commands(click.Context(cli)):
        assert f"migcompat {name}" in readme, name
