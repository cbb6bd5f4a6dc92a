"""What procurement tells of panels: who judges is nobody's business before the award."""

from typing import Final
from uuid import UUID

from libs.common.contract import event


@event("procurement.panel.changed.v1")
class PanelChanged:
    """A member of a tender's panel has stepped back, who is not named.

    `stand_in` takes the seat; the seat of a purchaser's representative stays empty.
    """

    id: UUID
    title: str
    division: str
    purchaser_id: UUID
    stand_in: str | None


TELLS: Final = (PanelChanged,)
