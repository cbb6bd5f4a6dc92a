"""The unhappy paths of the year: one registry for the play and for the summary."""

from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong, what the persons it happens to are told, and how it should end."""

    key: str
    zh: str
    en: str
    voices: tuple[str, ...]
    """Names in the journal: what each person was told."""
    ends: str
    """The end, in the platform's own words, as `endings` reads it from its answers."""


TROUBLES: Final = (
    Trouble(
        key="late-budget",
        zh="预算迟批",
        en="a budget approved late",
        voices=("late-budget",),
        ends="awarded",
    ),
    Trouble(
        key="late-bid",
        zh="迟到一分钟的投标",
        en="a bid a moment too late",
        voices=("late-bid",),
        ends="2 bids stood, none of the late bidder",
    ),
    Trouble(
        key="failed-tender",
        zh="两家投标，废标后重新招标",
        en="an open tender with two bidders, run again",
        voices=("failed-tender", "failed-tender/bidder", "failed-tender/purchaser"),
        ends="failed (too-few-bids), then awarded with 3 bids",
    ),
    Trouble(
        key="tied-officer",
        zh="协会经办人与投标人有利害关系",
        en="an association officer tied to a bidder",
        voices=("tied-officer",),
        ends="opened by another officer",
    ),
    Trouble(
        key="recused-member",
        zh="评审专家回避，候补递补",
        en="a panel member who recuses, and a stand-in",
        voices=("recused-member", "recused-member/stand-in"),
        ends="1 recused, 5 seated",
    ),
    Trouble(
        key="challenge",
        zh="质疑与投诉",
        en="a challenge to an award, then a complaint",
        voices=("challenge", "challenge/draft", "challenge/answer", "challenge/decision"),
        ends="challenge dismissed, complaint dismissed, tender awarded",
    ),
    Trouble(
        key="no-observer",
        zh="无人监督的活动不予发布",
        en="publication refused, since nobody observes",
        voices=("no-observer",),
        ends="observation made, report accepted",
    ),
    Trouble(
        key="waived-observer",
        zh="限额内免除一次监督",
        en="an observer waived within the quota",
        voices=("waived-observer",),
        ends="1 waived, the second observer named",
    ),
    Trouble(
        key="missed-observation",
        zh="监督员缺席",
        en="an observer who does not come",
        voices=(
            "missed-observation",
            "missed-observation/provider",
            "missed-observation/observer",
        ),
        ends="held, observation missed, 3 called back",
    ),
    Trouble(
        key="returned-report",
        zh="简报退回更正",
        en="a report returned with codes",
        voices=("returned-report",),
        ends="corrected, accepted",
    ),
    Trouble(
        key="silent-reviewer",
        zh="逾期未审，暂予通过",
        en="a report accepted by silence",
        voices=("silent-reviewer", "silent-reviewer/provider", "silent-reviewer/purchaser"),
        ends="accepted, provisional",
    ),
    Trouble(
        key="lapsed",
        zh="社工登记失效",
        en="a registration that lapses",
        voices=("lapsed/before", "lapsed", "lapsed/freed", "lapsed/lead", "lapsed/again"),
        ends="freed (registration-lapsed), given on in qingyan; valid again",
    ),
    Trouble(
        key="revoked",
        zh="证书被撤销",
        en="a certificate revoked",
        voices=("revoked/freed", "revoked/lead"),
        ends="freed (certificate-revoked), given on in qingyan",
    ),
    Trouble(
        key="missed-order",
        zh="整改逾期升级",
        en="an order to rectify, missed and escalated",
        voices=("missed-order", "missed-order/purchaser", "missed-order/secretariat"),
        ends="overdue and escalated, then resolved",
    ),
    Trouble(
        key="withdrawn-consent",
        zh="撤回走访同意",
        en="a consent withdrawn",
        voices=("withdrawn-consent",),
        ends="1 visit refused, 4 made",
    ),
    Trouble(
        key="failed-result",
        zh="评估不合格：整改、复评、终止、清算、追回",
        en="a result below the line: rectified, evaluated again, ended, recovered",
        voices=(
            "failed-result",
            "failed-result/order",
            "failed-result/acceptance",
            "failed-result/alone",
            "failed-result/ended",
            "failed-result/claimed",
        ),
        ends="fail, then fail; terminated; recovered of the start-up: 9750 of 21000 yuan",
    ),
    Trouble(
        key="late-evaluation",
        zh="评估逾期，先付无争议部分",
        en="an evaluation late through no fault of the provider",
        voices=("late-evaluation", "late-evaluation/secretariat"),
        ends="undisputed 3000 of 6000 yuan paid before the result, 3000 after it; completed",
    ),
    Trouble(
        key="reviewed-score",
        zh="复核改分",
        en="a review that changes a score",
        voices=(
            "reviewed-score",
            "reviewed-score/asked",
            "reviewed-score/official",
            "reviewed-score/purchaser",
            "reviewed-score/decided",
            "reviewed-score/decided-purchaser",
        ),
        ends="changed",
    ),
)


@cache
def voices() -> frozenset[str]:
    """Every name that the journal may hold."""
    return frozenset(voice for trouble in TROUBLES for voice in trouble.voices)
