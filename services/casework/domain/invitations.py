"""Invitation lists: who has a birthday in a month and is old enough on that day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.casework.domain.persons import age_on, birthday_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Born:
    """A recipient's birth date, opened for the moment of making a list."""

    id: UUID
    birth_date: date


def invited(persons: Iterable[Born], from_age: int, year: int, month: int) -> tuple[UUID, ...]:
    """References of those whose birthday falls in that month, at that age or more on the day."""
    return tuple(
        sorted(
            person.id
            for person in persons
            if person.birth_date.month == month
            and age_on(person.birth_date, birthday_in(person.birth_date, year)) >= from_age
        )
    )
