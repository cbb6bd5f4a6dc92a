"""Servers that the user names by address: waited for briefly, and told of in a sentence."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aio_pika
import asyncpg
from aiormq.exceptions import (
    AuthenticationError,
    ConnectionNotAllowed,
    ProbableAuthenticationError,
)

from libs.embedded.children import Failed

log = logging.getLogger(__name__)

PATIENCE: Final = 30.0
PAUSE: Final = 1.0
ONE_TRY: Final = 5.0
MISTAKES: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    AuthenticationError,
    ConnectionNotAllowed,
    ProbableAuthenticationError,
)
"""What a server answers that runs, and that no waiting changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A server that a variable may name, and how to sign in to it."""

    noun: str
    variable: str
    example: str
    ports: dict[str, int]
    """The usual port of each scheme."""
    sign_in: Callable[[str], Awaitable[None]]

    async def address(self, patience: float = PATIENCE) -> str | None:
        """The address in the variable, once the server answers there; None where none is given."""
        url = os.environ.get(self.variable)
        if not url:
            return None
        host, port = self._place(url)
        latest, told = time.monotonic() + patience, ""
        while (reason := await self._trouble(url, host, port)) is not None:
            if reason != told:
                log.info("waiting for the %s at %s:%d (%s)", self.noun, host, port, reason)
                told = reason
            if time.monotonic() > latest:
                raise Failed(
                    f"The {self.noun} at {host}:{port} did not answer within {patience:.0f} s "
                    f"({reason}). Start it, or correct {self.variable}."
                )
            await asyncio.sleep(PAUSE)
        return url

    def _place(self, url: str) -> tuple[str, int]:
        """Host and port; what is wrong with an address is told without it: it holds a password."""
        try:
            parts = urlsplit(url)
            if parts.hostname and parts.scheme in self.ports:
                return parts.hostname, parts.port or self.ports[parts.scheme]
        except ValueError:
            pass
        raise Failed(
            f"{self.variable} is not an address such as {self.example}; "
            "signs like / or @ in a password are written as %2F or %40."
        )

    async def _trouble(self, url: str, host: str, port: int) -> str | None:
        """Why it cannot be used yet; `Failed` where waiting does not help."""
        try:
            async with asyncio.timeout(ONE_TRY):
                # Knocking first: the system says better than a client why nobody opens.
                _, knocked = await asyncio.open_connection(host, port)
                knocked.close()
                await self.sign_in(url)
        except socket.gaierror:
            raise Failed(
                f"The {self.noun} at {host}:{port}: no host of this name is known here. "
                f"Correct {self.variable}."
            ) from None
        except asyncpg.CannotConnectNowError as starting:
            return str(starting)
        except MISTAKES as mistake:
            said = " ".join(str(part) for part in mistake.args)
            raise Failed(
                f"The {self.noun} at {host}:{port} refuses: {said}. Correct {self.variable}."
            ) from None
        except TimeoutError:
            return "no answer"
        except OSError as failure:
            return os.strerror(failure.errno) if failure.errno else str(failure)
        return None


async def _sign_in_to_postgres(url: str) -> None:
    await (await asyncpg.connect(url)).close()


async def _sign_in_to_rabbitmq(url: str) -> None:
    await (await aio_pika.connect(url)).close()


DATABASE: Final = Given(
    noun="database",
    variable="SANSHE_DATABASE_URL",
    example="postgresql://user:password@host:5432/postgres",
    ports={"postgresql": 5432, "postgres": 5432},
    sign_in=_sign_in_to_postgres,
)
BROKER: Final = Given(
    noun="broker",
    variable="SANSHE_AMQP_URL",
    example="amqp://user:password@host:5672/%2F",
    ports={"amqp": 5672, "amqps": 5671},
    sign_in=_sign_in_to_rabbitmq,
)
