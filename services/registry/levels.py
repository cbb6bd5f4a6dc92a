"""What the registry shows of itself while it runs."""

from typing import Final

from libs.common.db import Tx
from libs.common.levels import Levels
from services.registry.store import coverage
from services.registry.store.coverage import Shortage

levels: Final = Levels()


@levels.show(
    communities_short="Communities with fewer professional workers than the policy demands",
    community_short_longest_days="For how many days the one that is short longest is short",
)
async def measure_shortage(tx: Tx) -> list[Shortage]:
    """Communities that are short."""
    return [await coverage.measure_shortage(tx, tx.today)]
