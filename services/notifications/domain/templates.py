"""Templates: which event tells whom what, in Chinese and English, by versions with a first day."""

import string
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from libs.common.auth import Role
from libs.common.errors import Conflict, Fault, Invalid
from services.notifications.domain.sentences import BRACES_UNREADABLE, WORD_UNKNOWN

Recipient = Literal["person", "provider", "purchaser", "division", "area"]
"""Who is answerable: the person named, an organisation of the agreement, those in office for the
division, or (announcements) everybody in that role who works in the division or a part of it."""

WORDS: Final = frozenset(
    {
        "id",
        "title",
        "organisation",
        "division",
        "day",
        "until",
        "amount",
        "kind",
        "count",
        "worker",
        "reason",
        "indicator",
        "outcome",
        "next",
    }
)
"""What a text may name: public names, ids, dates, amounts; nothing of a person but an opaque id."""


class TemplateTextInvalid(Invalid):
    """A text may only name the known words in braces, such as {title} or {day}."""

    zh = "模板文字只能引用已知的占位词，例如 {title}、{day}。"


class TemplateTooEarly(Conflict):
    """A new version takes effect after today; choose a later day, so that no message told so far
    changes its source."""

    zh = "新版本须自今日之后生效，请选择以后的日期。"


class TemplateVersionTaken(Conflict):
    """Somebody else has made this version meanwhile; read the template again."""

    zh = "该模板的此版本刚由他人建立，请重新读取。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word that a text may name."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an event says, as far as messages need it."""

    division: str
    person: str | None = None
    provider: UUID | None = None
    purchaser: UUID | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whose inbox: a person's, or that of a role in an organisation, a division or an area."""

    person: str | None = None
    organisation_id: UUID | None = None
    division: str | None = None
    area: str | None = None
    role: str | None = None

    def __str__(self) -> str:
        """One addressee, one text: a message reaches each once."""
        if self.person is not None:
            return f"person:{self.person}"
        return f"{self.role}:{self.organisation_id or self.division or f'{self.area}*'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of the text for one addressee of one type of event."""

    code: str
    version: int
    event_type: str
    recipient: Recipient
    role: Role | None
    zh: str
    en: str
    effective_from: date

    def addressee(self, facts: Facts) -> Addressee | None:
        """Whose inbox this goes to; None when the event names nobody of that kind."""
        match self.recipient:
            case "person":
                return Addressee(person=facts.person) if facts.person else None
            case "provider":
                return self._organisation(facts.provider)
            case "purchaser":
                return self._organisation(facts.purchaser)
            case "division":
                return Addressee(division=facts.division, role=self.role)
            case "area":
                return Addressee(area=reach(facts.division), role=self.role)

    def _organisation(self, organisation_id: UUID | None) -> Addressee | None:
        if organisation_id is None:
            return None
        return Addressee(organisation_id=organisation_id, role=self.role)

    def renew(self, zh: str, en: str, effective_from: date, today: date) -> "Template":
        """The next version of the texts, from a day to come."""
        if effective_from <= today:
            raise TemplateTooEarly
        faults = [*faults_of_text("/zh", zh), *faults_of_text("/en", en)]
        if faults:
            raise TemplateTextInvalid(*faults)
        return Template(
            code=self.code,
            version=self.version + 1,
            event_type=self.event_type,
            recipient=self.recipient,
            role=self.role,
            zh=zh,
            en=en,
            effective_from=effective_from,
        )


def reach(division: str) -> str:
    """The part of a code that its parts share: 510181001000 (a town) → 510181001."""
    while len(division) > 6 and division.endswith("000"):
        division = division[:-3]
    return division


def faults_of_text(pointer: str, text: str) -> list[Fault]:
    """Where a text names anything but known words, or asks for more than their text."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return [Fault(pointer, BRACES_UNREADABLE)]
    wrong = [n for _, n, form, how in parts if n is not None and (n not in WORDS or form or how)]
    words = sorted(WORDS)
    return [Fault(pointer, WORD_UNKNOWN, word=f"{{{n[:50]}}}", words=words) for n in wrong]


def fill(text: str, words: dict[str, str]) -> str:
    """The text with its words; a word that this event does not have is a dash."""
    return "".join(
        literal + ("" if name is None else words.get(name, "—"))
        for literal, name, _, _ in string.Formatter().parse(text)
    )
