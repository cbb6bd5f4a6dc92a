"""What casework shows of itself while it runs."""

from datetime import timedelta
from typing import Final

from libs.common.db import Tx
from libs.common.levels import Levels
from services.casework.store import readings
from services.casework.store.readings import ReadLately

levels: Final = Levels()
LATELY: Final = timedelta(hours=1)


@levels.show(
    "kind",
    personal_data_read_last_hour="Records of a person that were read in the last hour, by kind",
)
async def measure_reading(tx: Tx) -> list[ReadLately]:
    """Readings by those who keep the data, and reveals to visitors."""
    return await readings.measure_reading(tx, tx.wall - LATELY)
