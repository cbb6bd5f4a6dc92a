"""Roles and databases, made with administrative rights: an owner and a runtime role a service."""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

_LOCK: Final = 0x5A45_0003


async def prepare(url: str, service: str, owner_password: str, runtime_password: str) -> None:
    """Make what is missing of a service's two roles and its database; safe to call again."""
    owner, runtime, database = f"sanshe_{service}_owner", f"sanshe_{service}", f"sanshe_{service}"
    connection = await asyncpg.connect(url, timeout=10)
    try:
        # Roles are of the whole server: two who prepare at once must take turns.
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        for role, password in ((owner, owner_password), (runtime, runtime_password)):
            await _make_role(connection, role, password)
        # Whoever signs in as the service, from a console too, may not hold its locks for long.
        await connection.execute(
            f"ALTER ROLE {runtime} SET idle_in_transaction_session_timeout = '10s'"
        )
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f"CREATE DATABASE {database} OWNER {owner}")
        await connection.execute(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {runtime}")
    finally:
        await connection.close()
    await _make_extensions(_in(url, database))


async def _make_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f"CREATE ROLE {role} LOGIN")
    quoted = await connection.fetchval("SELECT quote_literal($1)", password)
    await connection.execute(f"ALTER ROLE {role} PASSWORD {quoted}")


async def _make_extensions(url: str) -> None:
    """Extensions need more rights than an owner has."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    finally:
        await connection.close()


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
