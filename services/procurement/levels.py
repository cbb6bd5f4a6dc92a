"""What procurement shows of itself while it runs."""

from typing import Final

from libs.common.db import Tx
from libs.common.levels import Levels
from services.procurement.domain.comparisons import FIRST_EPOCH
from services.procurement.store import comparisons, payments
from services.procurement.store.comparisons import Standstill
from services.procurement.store.payments import Unpaid

levels: Final = Levels()


@levels.show(
    "status",
    payments_unpaid="Payments that have fallen due and are not paid, by the step they wait at",
    payment_unpaid_longest_days="For how many days the one that fell due first is unpaid",
)
async def measure_unpaid(tx: Tx) -> list[Unpaid]:
    """Payments that wait for an invoice, for approval, for the transfer."""
    return await payments.measure_unpaid(tx, tx.today)


@levels.show(
    payments_stand_still="1 while a restore holds payments up, until the statement is compared",
    statement_lines_open="Transfers of the bank's statement that are not recorded",
)
async def measure_standstill(tx: Tx) -> list[Standstill]:
    """What a restore has left for the treasury to do."""
    return [await comparisons.measure_standstill(tx, FIRST_EPOCH)]
