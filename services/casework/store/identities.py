"""Identities in the database: each read opens only the columns it needs."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from services.casework.domain.consents import Capacity
from services.casework.domain.invitations import Born
from services.casework.domain.persons import Guardian, Person, Sex, normal_name, normal_number
from services.casework.domain.recipients import Recipient
from services.casework.store.sealing import Vault

SEXES: Final[dict[str, Sex]] = {"0": 0, "1": 1, "2": 2, "9": 9}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedIdentity:
    """An identity as it rests in its row."""

    name: str
    identity_number: str | None
    birth_date: str
    sex: str
    household: str | None
    phone: str | None
    address: str | None
    guardian_name: str | None
    guardian_phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedContact:
    """What a visitor may need of it."""

    name: str
    phone: str | None
    address: str | None
    guardian_name: str | None
    guardian_phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBirth:
    """A birth date as it rests, and whether a guardian is recorded."""

    recipient_ref: UUID
    birth_date: str
    has_guardian: bool


@answer
class Contact:
    """How a recipient is reached."""

    name: str
    phone: str | None
    address: str | None
    guardian: Guardian | None


class Seal:
    """The vault at one row: seals and opens its columns."""

    def __init__(self, vault: Vault, recipient: Recipient) -> None:
        self._vault = vault
        self._row = recipient.id
        self._organisation = recipient.organisation_id

    def close(self, column: str, text: str | None) -> str | None:
        if text is None:
            return None
        return self._vault.seal(column, self._row, self._organisation, text)

    def open(self, column: str, stored: str | None) -> str | None:
        return None if stored is None else self.read(column, stored)

    def read(self, column: str, stored: str) -> str:
        return self._vault.open(column, self._row, self._organisation, stored)

    def guardian(self, name: str | None, phone: str | None) -> Guardian | None:
        if name is None:
            return None
        return Guardian(
            name=self.read("guardian_name", name), phone=self.open("guardian_phone", phone)
        )


async def add_identity(tx: Tx, vault: Vault, recipient: Recipient, person: Person) -> None:
    seal = Seal(vault, recipient)
    guardian = person.guardian
    await tx.do(
        """
        INSERT INTO identities (recipient_ref, organisation_id, name, identity_number, birth_date,
                                sex, household, phone, address, guardian_name, guardian_phone,
                                number_index, name_birth_index)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        recipient.id,
        recipient.organisation_id,
        seal.close("name", person.name),
        seal.close("identity_number", _number(person)),
        seal.close("birth_date", person.birth_date.isoformat()),
        seal.close("sex", str(person.sex)),
        seal.close("household", person.household),
        seal.close("phone", person.phone),
        seal.close("address", person.address),
        seal.close("guardian_name", guardian.name if guardian else None),
        seal.close("guardian_phone", guardian.phone if guardian else None),
        *indexes_of(vault, recipient.organisation_id, person),
    )


async def list_duplicates(
    tx: Tx, vault: Vault, organisation_id: UUID, person: Person
) -> tuple[UUID, ...]:
    """References of the same organisation with that number, or with that name and birth date."""
    found = await tx.all(
        UUID,
        """
          SELECT recipient_ref
            FROM identities
           WHERE organisation_id = $1
             AND (number_index = ANY ($2) OR name_birth_index = ANY ($3))
        ORDER BY recipient_ref
           LIMIT 20
        """,
        organisation_id,
        _number_indexes(vault, organisation_id, person),
        _name_birth_indexes(vault, organisation_id, person),
    )
    return tuple(found)


async def get_person(tx: Tx, vault: Vault, recipient: Recipient) -> Person:
    """All that is known; whoever asks has been logged in this transaction."""
    seal = Seal(vault, recipient)
    row = await tx.get(
        SealedIdentity,
        """
        SELECT name, identity_number, birth_date, sex, household, phone, address,
               guardian_name, guardian_phone
          FROM identities
         WHERE recipient_ref = $1
        """,
        recipient.id,
    )
    return Person(
        name=seal.read("name", row.name),
        identity_number=seal.open("identity_number", row.identity_number),
        birth_date=date.fromisoformat(seal.read("birth_date", row.birth_date)),
        sex=SEXES[seal.read("sex", row.sex)],
        household=seal.open("household", row.household),
        phone=seal.open("phone", row.phone),
        address=seal.open("address", row.address),
        guardian=seal.guardian(row.guardian_name, row.guardian_phone),
    )


async def get_contact(tx: Tx, vault: Vault, recipient: Recipient) -> Contact:
    """Contact data alone; a guardian only where visits are special, instead of the own number."""
    seal = Seal(vault, recipient)
    row = await tx.get(
        SealedContact,
        """
        SELECT name, phone, address, guardian_name, guardian_phone
          FROM identities
         WHERE recipient_ref = $1
        """,
        recipient.id,
    )
    guardian = None
    if recipient.visit_rule == "special":
        guardian = seal.guardian(row.guardian_name, row.guardian_phone)
    return Contact(
        name=seal.read("name", row.name),
        phone=None if guardian else seal.open("phone", row.phone),
        address=seal.open("address", row.address),
        guardian=guardian,
    )


async def get_capacity(tx: Tx, vault: Vault, recipient: Recipient) -> Capacity:
    row = await tx.get(
        SealedBirth,
        """
        SELECT recipient_ref, birth_date, guardian_name IS NOT NULL AS has_guardian
          FROM identities
         WHERE recipient_ref = $1
        """,
        recipient.id,
    )
    born = Seal(vault, recipient).read("birth_date", row.birth_date)
    return Capacity(birth_date=date.fromisoformat(born), has_guardian=row.has_guardian)


async def list_births(tx: Tx, vault: Vault, organisation_id: UUID) -> list[Born]:
    """Birth dates of the open recipients of one organisation who have not withdrawn the consent to
    be served. They are opened here: a few hundred rows, against a month and year in the clear,
    which would single people out."""
    rows = await tx.all(
        SealedBirth,
        """
        SELECT i.recipient_ref, i.birth_date, false AS has_guardian
          FROM identities i
          JOIN recipients r ON r.id = i.recipient_ref
         WHERE r.organisation_id = $1
           AND r.status = 'open'
           AND (  SELECT c.status
                    FROM consents c
                   WHERE c.recipient_ref = r.id
                     AND c.purpose = 'service'
                ORDER BY c.id DESC
                   LIMIT 1) IS DISTINCT FROM 'withdrawn'
        """,
        organisation_id,
    )
    return [
        Born(
            id=row.recipient_ref,
            birth_date=date.fromisoformat(
                vault.open("birth_date", row.recipient_ref, organisation_id, row.birth_date)
            ),
        )
        for row in rows
    ]


async def save_address(tx: Tx, vault: Vault, recipient: Recipient, address: str | None) -> None:
    await tx.do(
        "UPDATE identities SET address = $2 WHERE recipient_ref = $1",
        recipient.id,
        Seal(vault, recipient).close("address", address),
    )


def _number(person: Person) -> str | None:
    return None if person.identity_number is None else normal_number(person.identity_number)


def indexes_of(vault: Vault, organisation_id: UUID, person: Person) -> tuple[bytes | None, bytes]:
    """What a row is found by, under the first key: number, if known, and name with birth."""
    numbers = _number_indexes(vault, organisation_id, person)
    return next(iter(numbers), None), _name_birth_indexes(vault, organisation_id, person)[0]


def _number_indexes(vault: Vault, organisation_id: UUID, person: Person) -> list[bytes]:
    """Under each key, the first one's first; none of an unknown number."""
    number = _number(person)
    return [] if number is None else vault.indexes("identity_number", organisation_id, number)


def _name_birth_indexes(vault: Vault, organisation_id: UUID, person: Person) -> list[bytes]:
    text = f"{normal_name(person.name)}|{person.birth_date.isoformat()}"
    return vault.indexes("name_birth", organisation_id, text)
