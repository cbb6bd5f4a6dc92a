"""Messages: one text for one addressee about one event, read by each person apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from libs.common import clock
from services.notifications.domain.templates import Addressee, Facts, Template, Word, fill

KINDS: Final = {
    "startup": ("启动款", "start-up share"),
    "undisputed": ("余款无争议部分", "undisputed part of the balance"),
    "balance": ("余款", "balance"),
    "monthly": ("月度", "monthly"),
    "half-year": ("半年", "half-year"),
    "year-end": ("年终", "year-end"),
    "left": ("人员离职", "the worker has left"),
    "certificate-revoked": ("证书被撤销", "the certificate was revoked"),
    "registration-lapsed": ("登记失效", "the registration has lapsed"),
    "replaced": ("人员更换", "the worker was replaced"),
    "seat-passed-on": (
        "席位已由候补专家按抽取顺序递补，待其评分后方可得出评审结论",
        "the next expert in the drawn order takes the seat, whose scores the review waits for",
    ),
    "seat-empty": (
        "采购人代表席位空缺，由其余成员评审",
        "the seat of the purchaser's representative stays empty, and the others judge",
    ),
    "kept": ("维持原分值", "the value is kept"),
    "changed": ("变更分值", "the value is changed"),
    "ill": ("人员患病", "the worker is ill"),
    "below-the-line": (
        "评估结果不合格，请按评估意见整改",
        "the result lies below the line; put right what the evaluation named",
    ),
    "nothing-left": ("按评估结果已无应付余额", "by the result nothing of it is left to pay"),
    "all-deducted": (
        "按评估结果应付的部分已全部用于违约扣款",
        "what the result gives of it is deducted for breaches",
    ),
    "agreement-ended": (
        "协议已提前终止，应退金额见清算记录",
        "the agreement ended early; the settlement says what is claimed",
    ),
}
"""How the codes of events read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The event that is told of: which one, about what, and when."""

    id: UUID
    subject: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was told, with the version of the template that told it."""

    id: UUID
    event_id: UUID
    event_type: str
    template: str
    template_version: int
    addressee: Addressee
    zh: str
    en: str
    at: datetime
    subject: str
    """What the event is about."""
    concerns: str
    """The division in which it happens."""


def compose(
    new_id: UUID, cause: Cause, template: Template, addressee: Addressee, facts: Facts
) -> Message:
    """The message in both languages, as it is kept."""
    return Message(
        id=new_id,
        event_id=cause.id,
        event_type=template.event_type,
        template=template.code,
        template_version=template.version,
        addressee=addressee,
        zh=fill(template.zh, {word.name: word.zh for word in facts.words}),
        en=fill(template.en, {word.name: word.en for word in facts.words}),
        at=cause.time,
        subject=cause.subject,
        concerns=facts.division,
    )


def same(name: str, text: str) -> Word:
    """A word that reads the same in both languages: a name, an id, a number."""
    return Word(name=name, zh=text, en=text)


def named(name: str, code: str) -> Word:
    """A code of an event in words; a code that is new to us as it is."""
    zh, en = KINDS.get(code, (code, code))
    return Word(name=name, zh=zh, en=en)


def coded(name: str, codes: tuple[str, ...], texts: Mapping[str, tuple[str, str]]) -> Word:
    """Several codes, each with the texts that come with it; one without them as it is."""
    zh = [f"{texts[code][0]}（{code}）" if code in texts else code for code in codes]
    en = [f"{texts[code][1]} ({code})" if code in texts else code for code in codes]
    return Word(name=name, zh="；".join(zh), en="; ".join(en))


def why_withheld(balance_share_bp: int | None, deducted: int, *, given_up: bool) -> str:
    """The code of why a payment is withheld: an early end, deductions, nothing left, or a fail."""
    if given_up:
        return "agreement-ended"
    if deducted:
        return "all-deducted"
    return "nothing-left" if balance_share_bp else "below-the-line"


def on_day(name: str, day: date) -> Word:
    """A legal day."""
    return Word(name=name, zh=f"{day.year}年{day.month}月{day.day}日", en=day.isoformat())


def at_time(name: str, instant: datetime) -> Word:
    """A moment, by the clock of the place."""
    there = instant.astimezone(clock.PLACE)
    zh = f"{there.year}年{there.month}月{there.day}日{there:%H:%M}"
    return Word(name=name, zh=zh, en=f"{there:%Y-%m-%d %H:%M}")


def money(name: str, fen: int) -> Word:
    """An amount of fen in yuan."""
    yuan = f"{fen // 100:,}.{fen % 100:02d}"
    return Word(name=name, zh=f"{yuan}元", en=f"CNY {yuan}")
