"""A service whose database came back from a backup, as its operator leaves it."""

from libs.common.db import Database
from libs.common.restoring import begin_epoch
from libs.common.secret import Secret
from libs.common.testing import CITY, Stage


def owned(stage: Stage) -> Database:
    """Its database with the owner's rights, as `restored` has it."""
    service = stage.database.service
    url = stage.database.url.replace(f"sanshe_{service}:runtime", f"sanshe_{service}_owner:owner")
    return Database(service, Secret(url), CITY, 1)


async def restore(stage: Stage) -> int:
    """What an operator does once the copy is in place: no process of the service is up."""
    await stage.database.close()
    await stage.aclose()
    owner = owned(stage)
    await owner.open()
    try:
        return await begin_epoch(owner)
    finally:
        await owner.close()
        await stage.database.open()
