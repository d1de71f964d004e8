"""Scratch databases: each owned by a role of its own that is no superuser, both gone afterwards."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from migcompat.frozen import frozen
from migcompat.proof.access import Access
from migcompat.proof.limits import Limits

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

PREFIX = "migcompat"
_SETTLE_TRIES = 10
"""A closed connection takes a moment to end; DROP DATABASE would wait for it in steps of 100 ms."""


@frozen
class Scratch:
    """One scratch database while it exists."""

    name: str
    """Of the database and of the role that owns it."""
    connection: Connection[TupleRow]
    """As the owner, with autocommit: what a migration runs as."""
    admin: Connection[TupleRow]
    """As the server's administrator, with autocommit: for reading catalogues, never for running a migration."""
    _access: Access
    _password: str | None

    def connect(self) -> Connection[TupleRow]:
        """One more connection as the owner."""
        return self._access.connect(self.name, self.name, self._password)

    def leaned_on(self) -> tuple[str, ...]:
        """The stand-ins that were created: the report names them."""
        found = self.admin.execute("SELECT extname FROM pg_extension WHERE extname = ANY(%s) ORDER BY 1", [sorted(self._access.stand_ins)])
        return tuple(str(name) for (name,) in found.fetchall())

    def ensure_role(self, name: str) -> bool:
        """Makes a role that a migration expects to exist, which the owner may hand things to, act as and grant. False: the server has such
        a role already; it is somebody's, so nothing is granted to it or from it."""
        from psycopg import sql

        if self.admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            return False
        role = sql.Identifier(name)
        self.admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
        self.admin.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(role, sql.Literal(self.name)))
        self.admin.execute(sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(role, sql.Identifier(self.name)))
        return True


def create_scratch(access: Access, admin: Connection[TupleRow], name: str, limits: Limits) -> Scratch:
    """Role, database and both connections. `admin` is connected to any database of the server."""
    from psycopg import sql

    version = admin.info.server_version
    password = None if access.private else secrets.token_urlsafe(24)
    role = database = sql.Identifier(name)
    # With CREATEROLE a role could make itself a member of pg_execute_server_program before PostgreSQL 16.
    create_role = sql.SQL("CREATEROLE" if version >= 160000 else "NOCREATEROLE")
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(role, create_role, sql.Literal(password)))
    if version >= 160000:  # what it makes it may act as, like the superuser that migrations are often run by
        admin.execute(sql.SQL("ALTER ROLE {} SET createrole_self_grant = 'set, inherit'").format(role))
    milliseconds = str(int(limits.statement_seconds * 1000))
    admin.execute(sql.SQL("ALTER ROLE {} SET statement_timeout = {}").format(role, sql.Literal(milliseconds)))
    superuser = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,)
    if superuser:
        kilobytes = f"{max(limits.disk_bytes // 1024, 1)}kB"
        admin.execute(sql.SQL("ALTER ROLE {} SET temp_file_limit = {}").format(role, sql.Literal(kilobytes)))
    else:
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    strategy = sql.SQL("STRATEGY file_copy" if version >= 150000 else "")
    encoding = admin.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'template0'").fetchone()
    locale = sql.SQL("" if encoding == ("UTF8",) else "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 {} {}").format(database, role, strategy, locale))
    admin.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(database))
    inside = access.connect(name)
    try:
        return Scratch(name, access.connect(name, name, password), inside, access, password)
    except BaseException:
        inside.close()
        raise


def drop_scratch(admin: Connection[TupleRow], name: str) -> None:
    """The database, the role, and every role that was made for it or by it."""
    from psycopg import sql

    for _ in range(_SETTLE_TRIES):
        if admin.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [name]).fetchone() is None:
            break
        time.sleep(0.002)
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    roles = [str(role) for (role,) in admin.execute(_ROLES, {"name": name}).fetchall()]
    if roles:
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.SQL(", ").join(map(sql.Identifier, roles))))


_ROLES = """
WITH RECURSIVE made(oid) AS (
    SELECT oid FROM pg_roles WHERE rolname = %(name)s
        OR shobj_description(oid, 'pg_authid') = %(name)s
    UNION
    SELECT member.roleid FROM made
    JOIN pg_auth_members AS member ON member.member = made.oid AND member.admin_option
    WHERE current_setting('server_version_num')::int >= 160000
)
SELECT rolname FROM made JOIN pg_roles USING (oid) WHERE NOT rolsuper ORDER BY rolname
"""
"""Since PostgreSQL 16 the maker of a role has it with ADMIN OPTION, so its work can be told from other roles."""
