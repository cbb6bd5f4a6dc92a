"""What a year's unhappy paths sound like to the persons they happen to: whole sentences, twice."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.notifications.conftest import (
    ACTIVITY,
    AGREEMENT,
    COMMUNITY,
    PROVIDER,
    PURCHASER,
    SOMETHING,
    tell_agreement,
    whole,
)

Spoken = dict[str, tuple[str, str]]
"""Addressee → what they read in Chinese, and in English."""

OF_PROVIDER: Final = f"agency-manager:{PROVIDER}"
OF_PURCHASER: Final = f"purchaser:{PURCHASER}"
OF_OFFICIALS: Final = f"official:{COMMUNITY}"
MIDNIGHT: Final = datetime(2025, 4, 27, 16, tzinfo=UTC)
"""The one that ends the 27th of April in Shanghai."""
REPORT: Final[dict[str, Any]] = {
    "id": ACTIVITY,
    "agreement_id": AGREEMENT,
    "title": "生日会",
    "organisation_id": PROVIDER,
    "division": COMMUNITY,
    "report_due_day": "2025-04-07",
    "correction_due_day": None,
    "return_codes": [],
    "provisional": False,
}
RETURNED: Final[dict[str, Any]] = {
    **REPORT,
    "correction_due_day": "2025-04-16",
    "return_codes": ["persons-differ", "photos-unclear"],
    "reasons": [
        {
            "code": "persons-differ",
            "zh": "人数与签到表不符",
            "en": "the number of persons differs from the sign-in sheet",
        },
        {"code": "photos-unclear", "zh": "照片不清晰", "en": "the photos are unclear"},
    ],
}
OBSERVATION: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "activity_id": ACTIVITY,
    "title": "生日会",
    "agreement_id": AGREEMENT,
    "observer": "p-observer",
    "starts_at": "2025-03-31T01:00:00Z",
}
PANEL: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "title": "居家养老服务采购",
    "division": COMMUNITY,
    "purchaser_id": PURCHASER,
    "stand_in": "p-expert",
}
RESULT: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "agreement_id": AGREEMENT,
    "provider_id": PROVIDER,
    "purchaser_id": PURCHASER,
    "division": COMMUNITY,
    "version": 1,
    "review_until": "2025-12-20",
}
REVIEW: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "agreement_id": AGREEMENT,
    "division": COMMUNITY,
    "title": "专业质量",
    "decide_due_day": "2025-12-28",
    "review_until": "2025-12-20",
    "outcome": None,
    "former_score_bp": 8_905,
    "score_bp": 8_905,
    "former_balance_share_bp": 9_000,
    "balance_share_bp": 9_000,
}
CHANGED: Final = {**REVIEW, "outcome": "changed", "score_bp": 9_010, "balance_share_bp": 10_000}
KEPT: Final = {**REVIEW, "outcome": "kept", "review_until": None}
SENTENCES: Final[list[tuple[str, dict[str, Any], Spoken]]] = [
    (
        "scheduling.activity.returned.v1",
        RETURNED,
        {
            OF_PROVIDER: (
                "活动“生日会”的简报被退回：人数与签到表不符（persons-differ）；"
                "照片不清晰（photos-unclear）。请由原作者于2025年4月16日前更正并重新提交。",
                "The report of “生日会” was returned: the number of persons differs from the "
                "sign-in sheet (persons-differ); the photos are unclear (photos-unclear). Its "
                "author corrects it and sends it again by 2025-04-16.",
            )
        },
    ),
    (
        "scheduling.activity.returned.v1",
        {**REPORT, "return_codes": ["own-code"], "reasons": []},
        {
            OF_PROVIDER: (
                "活动“生日会”的简报被退回：own-code。请由原作者于2025年4月7日前更正并重新提交。",
                "The report of “生日会” was returned: own-code. Its author corrects it and sends "
                "it again by 2025-04-07.",
            )
        },
    ),
    (
        "scheduling.activity.accepted.v1",
        {**REPORT, "provisional": True},
        {
            OF_PROVIDER: (
                "活动“生日会”的简报逾期未审核，自2025年4月28日起暂予通过，无需办理；"
                "审核人仍可予以确认或退回。",
                "Nobody reviewed the report of “生日会” in time: it is accepted provisionally "
                "from 2025-04-28, and you need do nothing. A reviewer may still confirm or "
                "return it.",
            ),
            OF_PURCHASER: (
                "活动“生日会”的简报未在期限内审核，自2025年4月28日起暂予通过；"
                "请补作审核，予以确认或退回。",
                "The report of “生日会” was not reviewed in time and is accepted provisionally "
                "from 2025-04-28; review it still: confirm or return it.",
            ),
            OF_OFFICIALS: (
                "活动“生日会”的简报未在期限内审核，自2025年4月28日起暂予通过；"
                "请督促审核，或自行审核。",
                "The report of “生日会” was not reviewed in time and is accepted provisionally "
                "from 2025-04-28; press for the review, or make it.",
            ),
        },
    ),
    ("scheduling.activity.accepted.v1", REPORT, {}),
    (
        "scheduling.observation.assigned.v1",
        OBSERVATION,
        {
            "person:p-observer": (
                "请于2025年3月31日09:00到现场监督活动“生日会”。",
                "Observe the activity “生日会” on 2025-03-31 09:00.",
            )
        },
    ),
    (
        "scheduling.observation.waived.v1",
        {**OBSERVATION, "observer": None},
        {
            OF_PROVIDER: (
                "活动“生日会”（2025年3月31日09:00）已由购买方免除现场监督，可以发布。",
                "The purchaser has waived the observer of “生日会” on 2025-03-31 09:00: it can "
                "be published.",
            )
        },
    ),
    (
        "scheduling.observation.missed.v1",
        OBSERVATION,
        {
            OF_PURCHASER: (
                "活动“生日会”（2025年3月31日09:00）现场监督员未到场，已标记为未监督，"
                "请回访三名参加者。",
                "Nobody observed “生日会” on 2025-03-31 09:00; it is marked so, and three "
                "attendees are to be called.",
            ),
            OF_PROVIDER: (
                "活动“生日会”（2025年3月31日09:00）现场监督员未到场；活动照常有效，"
                "已标记为未监督，将回访部分参加者，请予协助。",
                "Nobody observed “生日会” on 2025-03-31 09:00; the activity stands, is marked "
                "so, and some of its attendees are called: help with it.",
            ),
            "person:p-observer": (
                "未收到您对活动“生日会”（2025年3月31日09:00）的现场监督记录，"
                "该活动已标记为未监督；请向购买方说明原因。",
                "No record of yours came for “生日会” on 2025-03-31 09:00, and it is marked as "
                "not observed; tell the purchaser why.",
            ),
        },
    ),
    (
        "scheduling.assignment.freed.v1",
        {"id": SOMETHING, "organisation_id": PROVIDER, "reason": "certificate-revoked"},
        {
            OF_PROVIDER: (
                "本机构一项已安排的工作因证书被撤销退回，请改派他人。",
                "Planned work came back to you (the certificate was revoked); give it to "
                "somebody else.",
            )
        },
    ),
    (
        "scheduling.workplan.behind.v1",
        {"agreement_id": AGREEMENT, "counted": 3, "expected": 8, "as_of": "2025-06-30"},
        {
            OF_PROVIDER: (
                "协议“友爱社区居家养老服务”的产出进度落后：截至2025年6月30日完成3/8，请调整计划。",
                "“友爱社区居家养老服务” is behind its plan: 3/8 done by 2025-06-30.",
            )
        },
    ),
    (
        "procurement.panel.changed.v1",
        PANEL,
        {
            "person:p-expert": (
                "采购项目“居家养老服务采购”有评审成员回避，由您递补，请对每份有效投标评分；"
                "如与投标人有利害关系，请先申请回避。",
                "A member of the panel for “居家养老服务采购” has stepped back, and you take the "
                "seat: score every valid bid, or step back first if you are tied to a bidder.",
            ),
            OF_PURCHASER: (
                "采购项目“居家养老服务采购”有评审成员回避，"
                "席位已由候补专家按抽取顺序递补，待其评分后方可得出评审结论。",
                "A member of the panel for “居家养老服务采购” has stepped back: the next expert in "
                "the drawn order takes the seat, whose scores the review waits for.",
            ),
        },
    ),
    (
        "procurement.panel.changed.v1",
        {**PANEL, "stand_in": None},
        {
            OF_PURCHASER: (
                "采购项目“居家养老服务采购”有评审成员回避，采购人代表席位空缺，由其余成员评审。",
                "A member of the panel for “居家养老服务采购” has stepped back: the seat of the "
                "purchaser's representative stays empty, and the others judge.",
            ),
        },
    ),
    (
        "evaluation.result.notified.v1",
        RESULT,
        {
            OF_PROVIDER: (
                "协议“友爱社区居家养老服务”的评估结果已告知，"
                "如有异议请于2025年12月20日前申请复核。",
                "The result of “友爱社区居家养老服务” is notified; ask for a review by "
                "2025-12-20 if you disagree.",
            )
        },
    ),
    (
        "evaluation.result.notified.v1",
        {**RESULT, "version": 2},
        {},
    ),
    (
        "evaluation.review.asked.v1",
        REVIEW,
        {
            OF_OFFICIALS: (
                "协议“友爱社区居家养老服务”的承接主体对评估指标“专业质量”申请复核，"
                "请由告知该结果以外的人员于2025年12月28日前决定维持或变更；决定之前不能定案。",
                "The provider of “友爱社区居家养老服务” asks for a review of the indicator "
                "“专业质量”. An official other than who notified the result keeps or changes it by "
                "2025-12-28; nothing is sealed before.",
            ),
            OF_PROVIDER: (
                "贵单位对协议“友爱社区居家养老服务”评估指标“专业质量”的复核申请已收到，"
                "主管部门应于2025年12月28日前作出决定并告知，无需办理；决定之前不定案。",
                "Your request for a review of the indicator “专业质量” of “友爱社区居家养老服务” "
                "has come in: you are told the decision by 2025-12-28 and need do nothing. The "
                "result is not sealed before.",
            ),
            OF_PURCHASER: (
                "协议“友爱社区居家养老服务”的承接主体对评估指标“专业质量”申请复核，"
                "主管部门应于2025年12月28日前作出决定，无需办理；余款待结果定案后按得分支付。",
                "The provider of “友爱社区居家养老服务” asks for a review of the indicator "
                "“专业质量”, which officials decide by 2025-12-28. You need do nothing; the "
                "balance is paid by the score once it is sealed.",
            ),
        },
    ),
    (
        "evaluation.review.decided.v1",
        CHANGED,
        {
            OF_PROVIDER: (
                "协议“友爱社区居家养老服务”评估指标“专业质量”的复核已作出决定：变更分值。"
                "评估得分由89.05分变更为90.10分，余款支付比例由90%变更为100%，余款待定案后按此支付。"
                "如仍有异议，可于2025年12月20日前再次申请复核。",
                "The review of the indicator “专业质量” of “友爱社区居家养老服务” is decided: the "
                "value is changed; the score goes from 89.05 to 90.10 and the share of the balance "
                "goes from 90% to 100%, by which the balance is paid once the result is sealed. "
                "Ask for another review by 2025-12-20 if you still disagree.",
            ),
            OF_PURCHASER: (
                "协议“友爱社区居家养老服务”评估指标“专业质量”的复核已作出决定：变更分值。"
                "评估得分由89.05分变更为90.10分，余款支付比例由90%变更为100%，余款待定案后按此支付。",
                "The review of the indicator “专业质量” of “友爱社区居家养老服务” is decided: the "
                "value is changed; the score goes from 89.05 to 90.10 and the share of the balance "
                "goes from 90% to 100%, by which the balance is paid once the result is sealed.",
            ),
        },
    ),
    (
        "evaluation.review.decided.v1",
        KEPT,
        {
            OF_PROVIDER: (
                "协议“友爱社区居家养老服务”评估指标“专业质量”的复核已作出决定：维持原分值。"
                "评估得分仍为89.05分，余款支付比例仍为90%，余款待定案后按此支付。"
                "复核期限已过，结果将由主管部门定案；定案后发现错误的，请向主管部门提出更正。",
                "The review of the indicator “专业质量” of “友爱社区居家养老服务” is decided: the "
                "value is kept; the score stays 89.05 and the share of the balance stays 90%, by "
                "which the balance is paid once the result is sealed. The review period is over, "
                "and an official seals the result; if you find it wrong after that, tell the "
                "officials, who can correct it.",
            ),
            OF_PURCHASER: (
                "协议“友爱社区居家养老服务”评估指标“专业质量”的复核已作出决定：维持原分值。"
                "评估得分仍为89.05分，余款支付比例仍为90%，余款待定案后按此支付。",
                "The review of the indicator “专业质量” of “友爱社区居家养老服务” is decided: the "
                "value is kept; the score stays 89.05 and the share of the balance stays 90%, by "
                "which the balance is paid once the result is sealed.",
            ),
        },
    ),
]


@pytest.mark.parametrize(
    ("event_type", "data", "spoken"),
    SENTENCES,
    ids=[str(n) + c[0] for n, c in enumerate(SENTENCES)],
)
async def test_each_reads_whole_sentences(
    notifications: Stage, event_type: str, data: dict[str, Any], spoken: Spoken
) -> None:
    """Just those whom it concerns are told, what happened and what to do, in both languages."""
    await tell_agreement(notifications)

    await notifications.hear(
        event_type, data.get("id", SOMETHING), whole(event_type, data), time=MIDNIGHT
    )

    assert await notifications.waiting() == []
    rows = await notifications.fetch(
        "SELECT addressee, zh, en FROM messages WHERE event_type = $1", event_type
    )
    assert spoken == {row["addressee"]: (row["zh"], row["en"]) for row in rows}


async def test_a_return_of_before_is_told_with_its_codes(notifications: Stage) -> None:
    """An event of an earlier release has neither texts nor a day of its own."""
    await tell_agreement(notifications)
    returned = "scheduling.activity.returned.v1"
    old = {**whole(returned, REPORT), "return_codes": ["photos-unclear"]}
    for name in ("correction_due_day", "reasons"):
        del old[name]

    await notifications.hear(returned, new_id(), old)

    [row] = await notifications.fetch("SELECT zh FROM messages WHERE event_type = $1", returned)
    assert row["zh"] == (
        "活动“生日会”的简报被退回：photos-unclear。请由原作者于2025年4月7日前更正并重新提交。"
    )
