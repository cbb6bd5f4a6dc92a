"""Whatever happens to agreements and their money, in whatever order and at once."""

from libs.common.testing import Stage
from tests.services.procurement.walk import Walk

SEED = 20_250_116
EVERYDAY = ("draft", "sign", "deliver", "invoice", "approve", "transfer", "be late", "seal")
"""What even a short walk does; a long one does all (`make proof OF=money`)."""


async def test_the_ledger_balances_after_any_walk(procurement: Stage) -> None:
    """Operations at random by four callers at once: no fault, and every fen is accounted for."""
    walk = Walk(procurement, SEED)

    await walk.run(800)

    reached = await walk.reached()
    assert [name for name in EVERYDAY if reached[name] == 0] == []
