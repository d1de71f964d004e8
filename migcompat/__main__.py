"""`python -m migcompat`: the same as the console script."""

from __future__ import annotations

from migcompat.cli import main

if __name__ == "__main__":
    main()
