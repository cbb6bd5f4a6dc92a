"""Replacing the key that personal data rests under."""

from typing import Final

from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.http import Call, Routes
from services.casework.store import resealing as store
from services.casework.store.sealing import Vault

routes: Final = Routes()


@answer
class Resealed:
    """How many identities were sealed anew just now, and how many a former key still holds."""

    resealed: int
    left: int


@routes.post("/resealings", scope="casework:reseal")
async def reseal(tx: Tx, call: Call) -> Resealed:
    """Seal up to two hundred identities anew with the first key; nobody is shown any of it."""
    vault = Vault(call.keys)
    rows = await store.lock_former(tx, vault)
    for row in rows:
        await store.save_sealed_anew(tx, vault, row)
    return Resealed(resealed=len(rows), left=await store.count_former(tx, vault))
