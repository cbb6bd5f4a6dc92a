"""An operator's day at full size: thirty messages parked, found, mended and replayed."""

import asyncio
import tempfile
from pathlib import Path
from random import SystemRandom
from typing import Final

from libs.common import log
from tests.faults.ground import ground
from tests.faults.lab import laboratory
from tests.monitoring import day

MESSAGES: Final = 30


def prove() -> bool:
    """True if every command of the entry did what it says, and the alarm fell silent each time."""
    log.configure("critical")
    with tempfile.TemporaryDirectory(prefix="sanshe-operator-") as folder:
        one, many = asyncio.run(_prove(Path(folder)))
    print(f"1 message, replayed by its id: the alarm was silent after {one:.1f} s")
    print(f"{MESSAGES} messages, replayed by their reaction, and 1 discarded by two: {many:.1f} s")
    return True


async def _prove(folder: Path) -> tuple[float, float]:
    seed = SystemRandom().randrange(10**6)
    async with (
        ground(folder / "ground") as on,
        laboratory(on, folder / "lab", day.SERVICES, seed=seed) as lab,
        day.at_work(lab) as at_work,
    ):
        return await day.mend_one(at_work), await day.mend_many(at_work, MESSAGES)
