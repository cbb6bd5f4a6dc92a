"""A hundred thousand random operations of agreements and their money, and the ledger after them."""

import asyncio
import secrets
import tempfile
import time
from pathlib import Path
from typing import Final

from libs.common import log
from libs.common.testing import make_template, stage
from libs.embedded import postgres
from services.procurement.app import service
from tests.services.procurement.walk import Walk

OPERATIONS: Final = 100_000
AT_A_TIME: Final = 5_000


def prove() -> bool:
    """Walk at random through the API, four callers at once; print how each was answered and what
    was reached; true if nothing that the walk is meant for was left out."""
    log.configure("error")
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")
    started = time.monotonic()
    answers, reached = asyncio.run(_walk(seed))
    for title, counted in (("answers", answers), ("done and reached", reached)):
        print(f"{title}:")
        for what, count in sorted(counted.items()):
            print(f"  {count:7} {what}")
    print(f"✓ {OPERATIONS} operations in {time.monotonic() - started:.0f} s, the books agree")
    never = [what for what, count in reached.items() if count == 0]
    for what in never:
        print(f"✗ never: {what}")
    return not never


async def _walk(seed: int) -> tuple[dict[str, int], dict[str, int]]:
    with tempfile.TemporaryDirectory(prefix="sanshe-money-") as name:
        folder = Path(name)
        async with postgres.running(folder, keep=False) as server:
            await make_template(service, server.url)
            async with stage(service, server.url, folder) as procurement:
                walk = Walk(procurement, seed)
                for done in range(0, OPERATIONS, AT_A_TIME):
                    await walk.run(AT_A_TIME)
                    print(f"  {done + AT_A_TIME} operations, the books agree", flush=True)
                return dict(walk.answers), await walk.reached()
