"""Whatever happens to agreements and their money, in whatever order and at once."""

from libs.common.testing import Stage
from tests.services.procurement.walk import Walk

SEED = 20_250_116


async def test_the_ledger_balances_after_any_walk(procurement: Stage) -> None:
    """Operations at random by four callers at once: no fault, and every fen is accounted for."""
    walk = Walk(procurement, SEED)

    await walk.run(800)

    assert {"sign 201", "invoice 200", "approve 200", "transfer 200"} <= set(walk.answers)
