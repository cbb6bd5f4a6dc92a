"""Waiting for servers, and for a schema, that are not there yet: for what runs once, or first."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import asyncpg
import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    wait_fixed,
)

from libs.common import migrate, pool
from libs.common.migrate import SchemaDiffers
from libs.common.secret import Secret

log = structlog.get_logger()

PATIENCE: Final = 300.0
"""Seconds that a command waits for its servers: a cluster may start everything at once."""
PAUSE: Final = 2.0
NOT_UP: Final = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
)
"""Refused, unknown by name, or starting: none of it says that something is wrong."""


async def until_up(work: Callable[[], Awaitable[object]], patience: float = PATIENCE) -> None:
    """Do what is safe to do again, once its servers answer."""

    async def attempt() -> None:
        await work()

    attempts = AsyncRetrying(
        retry=retry_if_exception_type(NOT_UP),
        stop=stop_after_delay(patience),
        wait=wait_fixed(PAUSE),
        before_sleep=_tell,
        reraise=True,
    )
    await attempts(attempt)


async def await_schema(address: Secret, folder: Path) -> None:
    """Return when the schema fits this code: whoever starts then is not refused."""
    told = ""
    while (reason := await _unfit(address, folder)) is not None:
        if reason != told:
            log.info("schema-awaited", reason=reason)
            told = reason
        await asyncio.sleep(PAUSE)


async def _unfit(address: Secret, folder: Path) -> str | None:
    try:
        connection = await pool.connect(address, {})
        try:
            await migrate.check_schema(connection, migrate.found(folder))
        finally:
            await connection.close()
    except (*pool.DOWN, asyncpg.PostgresError, SchemaDiffers) as failure:
        return str(failure) or type(failure).__name__
    return None


def _tell(state: RetryCallState) -> None:
    failure = state.outcome.exception() if state.outcome else None
    log.info("server-awaited", error=repr(failure))
