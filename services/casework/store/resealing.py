"""Sealing anew what a former key has sealed, while everybody goes on working."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from libs.common.db import Tx
from services.casework.domain.persons import Person
from services.casework.store import identities
from services.casework.store.sealing import Vault

BATCH: Final = 200
COLUMNS: Final = (
    "name",
    "identity_number",
    "birth_date",
    "sex",
    "household",
    "phone",
    "address",
    "guardian_name",
    "guardian_phone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An identity's columns as they rest."""

    recipient_ref: UUID
    organisation_id: UUID
    columns: dict[str, Any]


async def lock_former(tx: Tx, vault: Vault) -> list[Sealed]:
    """The next rows of which the first key has not sealed everything; locked ones are left out."""
    return await tx.all(
        Sealed,
        """
          SELECT recipient_ref, organisation_id, to_jsonb(i) AS columns
            FROM identities i
           WHERE EXISTS (SELECT
                           FROM jsonb_each_text(to_jsonb(i)) AS each
                          WHERE each.key = ANY ($1::text[])
                            AND NOT starts_with(each.value, $2))
        ORDER BY recipient_ref
           LIMIT $3
             FOR UPDATE SKIP LOCKED
        """,
        list(COLUMNS),
        vault.prefix,
        BATCH,
    )


async def save_sealed_anew(tx: Tx, vault: Vault, row: Sealed) -> None:
    """The same person under the first key, and found by its indexes."""
    place = (row.recipient_ref, row.organisation_id)
    texts = {
        column: vault.open(column, *place, sealed)
        for column in COLUMNS
        if (sealed := row.columns[column]) is not None
    }
    person = Person(
        name=texts["name"],
        identity_number=texts.get("identity_number"),
        birth_date=date.fromisoformat(texts["birth_date"]),
        sex=identities.SEXES[texts["sex"]],
        household=None,
        phone=None,
        address=None,
        guardian=None,
    )
    number_index, name_birth_index = identities.indexes_of(vault, row.organisation_id, person)
    await tx.do(
        """
        UPDATE identities
           SET name = $2,
               identity_number = $3,
               birth_date = $4,
               sex = $5,
               household = $6,
               phone = $7,
               address = $8,
               guardian_name = $9,
               guardian_phone = $10,
               number_index = $11,
               name_birth_index = $12
         WHERE recipient_ref = $1
        """,
        row.recipient_ref,
        *(vault.seal(c, *place, texts[c]) if c in texts else None for c in COLUMNS),
        number_index,
        name_birth_index,
    )


async def count_former(tx: Tx, vault: Vault) -> int:
    left: int = await tx.value(
        """
        SELECT count(*)
          FROM identities i
         WHERE EXISTS (SELECT
                         FROM jsonb_each_text(to_jsonb(i)) AS each
                        WHERE each.key = ANY ($1::text[])
                          AND NOT starts_with(each.value, $2))
        """,
        list(COLUMNS),
        vault.prefix,
    )
    return left
