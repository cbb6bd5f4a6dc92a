"""What scheduling shows of itself while it runs."""

from datetime import timedelta
from typing import Final

from libs.common.db import Tx
from libs.common.levels import Levels
from services.scheduling.store import readings
from services.scheduling.store.readings import ReadLately

levels: Final = Levels()
LATELY: Final = timedelta(hours=1)


@levels.show(originals_read_last_hour="Pictures read as they were uploaded, in the last hour")
async def measure_reading(tx: Tx) -> list[ReadLately]:
    """Readings by those who audit."""
    return [await readings.measure_reading(tx, tx.wall - LATELY)]
