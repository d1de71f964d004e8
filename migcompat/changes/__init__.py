"""The vocabulary: what DDL does, free of how it is written. Lowering produces these, the schema applies them.

Names are as written; the schema resolves them through its search path. Expressions are source text.
"""

from __future__ import annotations

from migcompat.changes.alterations import *  # noqa: F403 - this is where others find them
from migcompat.changes.definitions import *  # noqa: F403 - this is where others find them
from migcompat.changes.functions import *  # noqa: F403 - this is where others find them
from migcompat.changes.relations import *  # noqa: F403 - this is where others find them
from migcompat.changes.schemas import *  # noqa: F403 - this is where others find them
from migcompat.changes.triggers import *  # noqa: F403 - this is where others find them
from migcompat.changes.types import *  # noqa: F403 - this is where others find them
from migcompat.changes.undecided import *  # noqa: F403 - this is where others find them
from migcompat.sql.names import Name as Name
from migcompat.sql.names import TypeName as TypeName
