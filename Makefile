# Shorthand; the README's commands work without make.
.PHONY: check setup lint types test format

check: lint types test

setup: .venv/.ready

.venv/.ready: pyproject.toml
	python3 -m venv .venv
	.venv/bin/pip install --quiet --editable '.[test]'
	touch $@

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: setup
	.venv/bin/mypy

test: setup
	.venv/bin/pytest -n 2

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
