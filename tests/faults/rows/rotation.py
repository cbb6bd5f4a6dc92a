"""B6: every secret of a service is replaced while clients are served, and replicas join."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from libs.common.ids import new_id
from tests.faults.balancer import Balancer, balancing
from tests.faults.history import History
from tests.faults.lab import Child, Lab
from tests.faults.load import Load
from tests.faults.matrix import Outcome, outcome, row
from tests.faults.verdict import judge, settle

WORD = "runtime"
"""The password of a role in the laboratory."""


@dataclass(slots=True, kw_only=True)
class Secrets:
    """The files that the registry's processes read, each with a former and a new value."""

    lab: Lab
    files: dict[str, Path]
    former: dict[str, str]
    new: dict[str, str]
    word: str

    def write(self, *values: dict[str, str]) -> None:
        """So many lines in each file, the first one to be used first."""
        for name, file in self.files.items():
            file.write_text("\n".join(value[name] for value in values))

    async def change(self) -> None:
        """The servers take the new passwords, and the former no more."""
        await _set_passwords(self.lab, self.word)


@row("B6", "every secret is replaced, and replicas join, under load", "registry", "notifications")
async def rotated(lab: Lab) -> Outcome:
    """As operations.md says: both, changed, the new alone; at each step a replica and a worker are
    started that find whatever holds then. No client is told of any trouble."""
    history = History(lab.folder / "history.jsonl")
    began, problems = time.monotonic(), list[str]()
    await lab.start("notifications", "worker")
    async with rotating(lab) as secrets:
        api, worker = await asyncio.gather(
            lab.start("registry", "api"), lab.start("registry", "worker")
        )
        async with (
            balancing(lab, api) as balancer,
            Load(lab, balancer.address, history, pause=0.02) as load,
        ):
            enough = asyncio.Event()
            running = asyncio.create_task(load.run_until(enough, 6))
            secrets.write(secrets.former, secrets.new)
            await _renew(lab, worker, balancer)
            await secrets.change()
            secrets.write(secrets.new, secrets.former)
            await _renew(lab, worker, balancer)
            secrets.write(secrets.new)
            await _renew(lab, worker, balancer)
            if await _is_let_in(secrets.former["DATABASE_URL"]):
                problems.append("the former password still opens the database")
            enough.set()
            await running
            await settle(lab)
    told = dict(load.disturbed)
    problems += [f"clients were told {told}"] if told else []
    moved = f"three secrets, {1 + 3} replicas, errors told to clients {sum(told.values())}"
    seconds = time.monotonic() - began
    return outcome(await judge(lab, history), seconds, moved, *problems)


async def _renew(lab: Lab, worker: Child, balancer: Balancer) -> None:
    """A replica joins and the worker is replaced: every link of theirs is new."""
    replica = await lab.start("registry", "api")
    balancer.join(replica)
    await lab.signal(worker)
    await lab.ended(worker)
    await lab.restart(worker)


@asynccontextmanager
async def rotating(lab: Lab) -> AsyncIterator[Secrets]:
    """The registry's secrets in files, its database asking for passwords; afterwards as before."""
    word = new_id().hex
    former = {
        "DATABASE_URL": lab.environment["DATABASE_URL"].replace("{service}", "registry"),
        "AMQP_URL": lab.environment["AMQP_URL"].replace("{service}", "registry"),
        "SECRET_KEY": lab.environment["SECRET_KEY"],
    }
    new = {
        "DATABASE_URL": former["DATABASE_URL"].replace(f":{WORD}@", f":{word}@"),
        "AMQP_URL": _with_password(former["AMQP_URL"], word),
        "SECRET_KEY": base64.b64encode(b"1" * 32).decode(),
    }
    files = {name: lab.folder / name.lower() for name in former}
    secrets = Secrets(lab=lab, files=files, former=former, new=new, word=word)
    secrets.write(former)
    before = dict(lab.environment)
    for name, file in files.items():
        del lab.environment[name]
        lab.environment[f"{name}_FILE"] = str(file)
    [rules] = lab.ground.postgres.place.glob("data-*/pg_hba.conf")
    kept = rules.read_text()
    rules.write_text(f"host all sanshe_registry 127.0.0.1/32 scram-sha-256\n{kept}")
    try:
        await _administer(lab, "SELECT pg_reload_conf()")
        yield secrets
    finally:
        rules.write_text(kept)
        await _administer(lab, "SELECT pg_reload_conf()")
        await _set_passwords(lab, WORD, _password_of(former["AMQP_URL"]))
        lab.environment = before


async def _set_passwords(lab: Lab, word: str, of_broker: str | None = None) -> None:
    await _administer(lab, f"ALTER ROLE sanshe_registry PASSWORD '{word}'")
    await lab.ground.broker.control("change_password", "sanshe_registry", of_broker or word)


async def _administer(lab: Lab, statement: str) -> None:
    connection = await asyncpg.connect(lab.ground.postgres.url)
    await connection.execute(statement)
    await connection.close()


async def _is_let_in(address: str) -> bool:
    try:
        await (await asyncpg.connect(address)).close()
    except asyncpg.InvalidPasswordError:
        return False
    return True


def _password_of(url: str) -> str:
    return url.rpartition("@")[0].rpartition(":")[2]


def _with_password(url: str, word: str) -> str:
    return url.replace(f":{_password_of(url)}@", f":{word}@")
