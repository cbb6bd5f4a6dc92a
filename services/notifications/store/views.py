"""What notifications knows of others: public names, and the parties of agreements."""

from dataclasses import dataclass
from uuid import UUID

from libs.common.db import Tx
from libs.common.errors import NotYet


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement by its title, and who answers for it."""

    id: UUID
    title: str
    provider_id: UUID
    purchaser_id: UUID


async def save_organisation(tx: Tx, organisation_id: UUID, name: str, division: str) -> None:
    await tx.do(
        """
        INSERT INTO organisations (id, name, division)
             VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, division = excluded.division
        """,
        organisation_id,
        name,
        division,
    )


async def save_division(tx: Tx, code: str, name: str) -> None:
    await tx.do(
        """
        INSERT INTO divisions (id, name)
             VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name
        """,
        code,
        name,
    )


async def save_agreement(tx: Tx, agreement: Agreement) -> None:
    await tx.do(
        """
        INSERT INTO agreements (id, title, provider_id, purchaser_id)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET title = excluded.title,
                                       provider_id = excluded.provider_id,
                                       purchaser_id = excluded.purchaser_id
        """,
        agreement.id,
        agreement.title,
        agreement.provider_id,
        agreement.purchaser_id,
    )


async def known_agreement(tx: Tx, agreement_id: UUID) -> Agreement:
    """For an effect: it waits until the agreement has been heard of."""
    agreement = await tx.find(
        Agreement,
        "SELECT id, title, provider_id, purchaser_id FROM agreements WHERE id = $1",
        agreement_id,
    )
    if agreement is None:
        raise NotYet("agreement")
    return agreement


async def titles_of_agreements(tx: Tx, ids: list[UUID]) -> dict[UUID, str]:
    """What those of the agreements that are known are called."""
    known = await tx.all(
        Agreement,
        """
        SELECT id, title, provider_id, purchaser_id
          FROM agreements
         WHERE id = ANY ($1)
        """,
        ids,
    )
    return {agreement.id: agreement.title for agreement in known}


async def known_organisation(tx: Tx, organisation_id: UUID) -> str:
    """For an effect: the name, or it waits."""
    name: str | None = await tx.value(
        "SELECT name FROM organisations WHERE id = $1", organisation_id
    )
    if name is None:
        raise NotYet("organisation")
    return name


async def name_of_division(tx: Tx, code: str) -> str:
    """Its name; the code will do while the name has not arrived."""
    name: str | None = await tx.value("SELECT name FROM divisions WHERE id = $1", code)
    return name or code
