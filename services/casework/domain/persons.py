"""Persons: what is known of a recipient, how old they are, and which details are wrong."""

import re
import unicodedata
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from stdnum.cn import ric

from libs.common.contract import answer
from libs.common.errors import Fault, Invalid
from libs.common.sentences import CHECK_DIGIT
from services.casework.domain.sentences import (
    BIRTH_DATE_DIFFERS,
    BIRTH_DATE_IN_FUTURE,
    BIRTH_DATE_TOO_EARLY,
    GUARDIAN_MISSING,
)

Sex = Literal[0, 1, 2, 9]
"""GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated."""
OLDEST: Final = 130
"""In years: nobody has been older, and a birth date before that is a slip."""
_NUMBER: Final = re.compile(r"^[0-9]{17}[0-9X]$")


class PersonalDetailsInvalid(Invalid):
    """Some personal details do not keep the rules; each is listed with where it stands."""

    zh = "部分个人信息不符合规则，请按所列各项逐一改正。"


@answer
class Guardian:
    """Who answers for somebody who cannot answer alone (监护人)."""

    name: str
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What identifies a recipient: sealed at rest, never in an event, a log or a stored answer."""

    name: str
    identity_number: str | None
    birth_date: date
    sex: Sex
    household: str | None
    phone: str | None
    address: str | None
    guardian: Guardian | None

    def check(self, guardian_under: int, today: date) -> None:
        """Refuse with every fault at once; `guardian_under` is an age in years (PIPL art. 31)."""
        faults = [
            *_faults_of_number(self.identity_number, self.birth_date),
            *_faults_of_birth(self.birth_date, today),
        ]
        if self.guardian is None and age_on(self.birth_date, today) < guardian_under:
            faults.append(Fault("/guardian", GUARDIAN_MISSING, age=guardian_under))
        if faults:
            raise PersonalDetailsInvalid(*faults)


def normal_number(number: str) -> str:
    """An identity number as GB 11643 writes it: half-width, no separators, a capital X."""
    plain = unicodedata.normalize("NFKC", number)
    return "".join(character for character in plain if character.isalnum()).upper()


def normal_name(name: str) -> str:
    """A name as it is compared: without spaces, and without differences of width or case."""
    plain = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    # Without the spaces a letter and an accent may have come together.
    return unicodedata.normalize("NFKC", plain)


def birthday_in(birth: date, year: int) -> date:
    """The birthday in a year; of 29 February the last of the month, as Civil Code art. 202 ends
    a period that lacks its day."""
    if (birth.month, birth.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return birth.replace(year=year)


def age_on(birth: date, day: date) -> int:
    """Full years (周岁) on a day; negative before the birth."""
    return day.year - birth.year - (day < birthday_in(birth, day.year))


def _faults_of_number(number: str | None, birth: date) -> list[Fault]:
    """Form, check digit and birth date. Not the place: its code is of the first registration,
    often decades after the birth, when today's code did not exist."""
    if number is None:
        return []
    normal = normal_number(number)
    if not _NUMBER.match(normal) or ric.calc_check_digit(normal) != normal[-1]:
        return [Fault("/identity_number", CHECK_DIGIT)]
    if normal[6:14] != f"{birth:%Y%m%d}":
        return [Fault("/birth_date", BIRTH_DATE_DIFFERS)]
    return []


def _faults_of_birth(birth: date, today: date) -> list[Fault]:
    if birth > today:
        return [Fault("/birth_date", BIRTH_DATE_IN_FUTURE, today=today)]
    if age_on(birth, today) > OLDEST:
        return [Fault("/birth_date", BIRTH_DATE_TOO_EARLY, years=OLDEST)]
    return []
