"""An event becomes one message for each who is answerable, once, without anything personal."""

from typing import Any, Final
from uuid import uuid4

import pytest

from libs.common.ids import new_id
from libs.common.testing import CITY, Client, Stage
from tests.services.notifications.conftest import (
    AGREEMENT,
    AGREEMENT_STATE,
    COMMUNITY,
    PROVIDER,
    PURCHASER,
    SOMETHING,
    tell_agreement,
    tell_names,
    whole,
)
from tests.services.notifications.test_sentences import OBSERVATION, SENTENCES

CALL: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "title": "2025年度项目征集",
    "fiscal_year": 2025,
    "opens_at": "2024-11-01T00:00:00Z",
    "closes_at": "2024-12-01T10:00:00Z",
    "status": "open",
}
TENDER: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "title": "居家养老服务采购",
    "division": COMMUNITY,
    "bids_due_at": "2024-12-20T01:30:00Z",
    "purchaser_id": PURCHASER,
    "awarded_to": None,
}
PAYMENT: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "agreement_id": AGREEMENT,
    "provider_id": PROVIDER,
    "division": COMMUNITY,
    "kind": "balance",
    "planned_amount": 1_234_500,
    "amount": 1_234_500,
}
DUTY: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "agreement_id": AGREEMENT,
    "provider_id": PROVIDER,
    "purchaser_id": PURCHASER,
    "division": COMMUNITY,
    "kind": "half-year",
    "due_day": "2025-07-31",
    "review_until": "2025-12-20",
}
CHALLENGE: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "title": "居家养老服务采购",
    "division": COMMUNITY,
    "purchaser_id": PURCHASER,
    "organisation_id": PROVIDER,
    "answer_due_day": "2025-01-08",
    "complain_until": "2025-02-07",
}
COMPLAINT: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "title": "居家养老服务采购",
    "division": COMMUNITY,
    "purchaser_id": PURCHASER,
    "organisation_id": PROVIDER,
    "decide_due_day": "2025-03-03",
    "suspended_until": None,
}
BREACH: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "agreement_id": AGREEMENT,
    "division": COMMUNITY,
    "title": "简报逾期",
    "amount": 40_000,
    "day": "2025-01-06",
    "answer_due_day": "2025-01-14",
}
REGISTRATION: Final[dict[str, Any]] = {
    "id": SOMETHING,
    "employer_id": PROVIDER,
    "registration_until": "2025-06-30",
}
WORKER: Final = f"person:{SOMETHING}"
OF_PROVIDER: Final = f"agency-manager:{PROVIDER}"
OF_PURCHASER: Final = f"purchaser:{PURCHASER}"
SUBSCRIPTION: Final = {
    "id": SOMETHING,
    "organisation": "市民政局",
    "proposed_by": "o-1",
    "until_day": "2025-12-31",
    "proposed_until": "2026-12-31",
}
CASES: Final[list[tuple[str, dict[str, Any], dict[str, str]]]] = [
    (
        "procurement.call.opened.v1",
        CALL,
        {
            f"{role}:510181*": "征集“2025年度项目征集”已开始，2024年12月1日18:00截止。"
            for role in ("town", "community", "agency-manager")
        },
    ),
    (
        "procurement.tender.published.v1",
        TENDER,
        {
            f"agency-manager:{COMMUNITY}*": "采购项目“居家养老服务采购”已公告，"
            "投标截止时间为2024年12月20日09:30。"
        },
    ),
    (
        "procurement.tender.awarded.v1",
        {**TENDER, "awarded_to": PROVIDER},
        {
            OF_PROVIDER: "采购项目“居家养老服务采购”已由贵单位（乐助社工中心）中选，"
            "预算批准后即可签订协议，请做好准备。",
            OF_PURCHASER: "采购项目“居家养老服务采购”已确定由乐助社工中心承接，"
            "预算批准后请组织签订协议。",
        },
    ),
    (
        "procurement.tender.confirmed.v1",
        {**TENDER, "awarded_to": PROVIDER},
        {
            OF_PROVIDER: "采购项目“居家养老服务采购”的预算已批准，请准备与采购人签订协议。",
            OF_PURCHASER: "采购项目“居家养老服务采购”的预算已批准，请与乐助社工中心签订协议。",
        },
    ),
    (
        "procurement.tender.failed.v1",
        TENDER,
        {
            OF_PURCHASER: "采购项目“居家养老服务采购”已废标，可重新组织采购。",
            f"agency-manager:{COMMUNITY}*": "采购项目“居家养老服务采购”已废标；"
            "如重新采购将另行公告，届时请重新投标。",
        },
    ),
    (
        "procurement.tender.reopened.v1",
        TENDER,
        {
            OF_PURCHASER: "采购项目“居家养老服务采购”因质疑或投诉成立"
            "须重新评审或另行确定供应商，请办理。",
            f"agency-manager:{COMMUNITY}*": "采购项目“居家养老服务采购”因质疑或投诉成立，"
            "将重新评审或另行确定供应商。",
        },
    ),
    (
        "procurement.challenge.raised.v1",
        CHALLENGE,
        {
            OF_PURCHASER: "乐助社工中心对采购项目“居家养老服务采购”提出质疑，"
            "请于2025年1月8日前答复。"
        },
    ),
    (
        "procurement.challenge.overdue.v1",
        CHALLENGE,
        {
            OF_PURCHASER: "乐助社工中心对采购项目“居家养老服务采购”的质疑答复已逾期"
            "（应于2025年1月8日前答复），请立即答复。",
            f"official:{COMMUNITY}": "乐助社工中心对采购项目“居家养老服务采购”的质疑答复已逾期"
            "（应于2025年1月8日前答复）。",
        },
    ),
    (
        "procurement.challenge.answered.v1",
        CHALLENGE,
        {
            OF_PROVIDER: "贵单位对采购项目“居家养老服务采购”的质疑已答复；"
            "如不服，可于2025年2月7日前向财政部门投诉。"
        },
    ),
    (
        "procurement.complaint.lodged.v1",
        COMPLAINT,
        {
            f"treasury:{COMMUNITY}": "乐助社工中心就采购项目“居家养老服务采购”提起投诉，"
            "请于2025年3月3日前作出处理决定。",
            OF_PURCHASER: "乐助社工中心就采购项目“居家养老服务采购”向财政部门提起投诉，"
            "请配合调查。",
        },
    ),
    (
        "procurement.complaint.suspended.v1",
        {**COMPLAINT, "suspended_until": "2025-01-31T16:00:00Z"},
        {
            OF_PURCHASER: "财政部门已暂停采购项目“居家养老服务采购”的采购活动，"
            "至2025年2月1日00:00止。"
        },
    ),
    (
        "procurement.complaint.overdue.v1",
        COMPLAINT,
        {
            f"treasury:{COMMUNITY}": "乐助社工中心就采购项目“居家养老服务采购”的投诉处理已逾期"
            "（应于2025年3月3日前作出决定）。"
        },
    ),
    (
        "procurement.complaint.decided.v1",
        COMPLAINT,
        {
            OF_PROVIDER: "贵单位就采购项目“居家养老服务采购”的投诉已作出处理决定，请查阅。",
            OF_PURCHASER: "财政部门已就采购项目“居家养老服务采购”的投诉作出处理决定，请执行。",
        },
    ),
    (
        "procurement.payment.due.v1",
        PAYMENT,
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”的余款已到期应付，"
            "计划金额12,345.00元，请开具发票。"
        },
    ),
    (
        "procurement.payment.approved.v1",
        {**PAYMENT, "amount": 1_000_050},
        {
            f"treasury:{COMMUNITY}": "协议“友爱社区居家养老服务”的余款已审批，"
            "金额10,000.50元，请办理支付。"
        },
    ),
    (
        "procurement.payment.paid.v1",
        {**PAYMENT, "kind": "startup", "amount": 7},
        {OF_PROVIDER: "协议“友爱社区居家养老服务”的启动款已支付，金额0.07元。"},
    ),
    (
        "procurement.payment.reduced.v1",
        {**PAYMENT, "amount": 100},
        {OF_PROVIDER: "协议“友爱社区居家养老服务”的余款已按约定核减，支付金额1.00元。"},
    ),
    (
        "procurement.payment.withheld.v1",
        {
            **PAYMENT,
            "kind": "third-share",
            "amount": 0,
            "balance_share_bp": 0,
            "deducted_amount": 0,
            "given_up": False,
        },
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”的third-share不予支付："
            "评估结果不合格，请按评估意见整改。"
        },
    ),
    (
        "procurement.breach.recorded.v1",
        BREACH,
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”登记了2025年1月6日的一项违约：简报逾期，"
            "按扣款表应扣400.00元；如有异议，请于2025年1月14日前提出，逾期视为无异议。"
        },
    ),
    (
        "procurement.breach.objected.v1",
        BREACH,
        {
            OF_PURCHASER: "承接主体对协议“友爱社区居家养老服务”2025年1月6日的违约“简报逾期”"
            "提出异议，请由登记人以外的人员作出认定。"
        },
    ),
    (
        "procurement.breach.confirmed.v1",
        BREACH,
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”2025年1月6日的违约“简报逾期”已认定，"
            "支付余款或清算时按扣款表扣400.00元，以扣款上限为限。"
        },
    ),
    (
        "procurement.breach.dropped.v1",
        BREACH,
        {OF_PROVIDER: "协议“友爱社区居家养老服务”2025年1月6日的违约“简报逾期”不予认定，不扣款。"},
    ),
    (
        "procurement.settlement.recorded.v1",
        {
            "id": SOMETHING,
            "agreement_id": AGREEMENT,
            "division": COMMUNITY,
            "claimed_amount": 123_456,
        },
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”已提前终止并清算，应退回1,234.56元；"
            "已取得而未支付的款项另行通知。"
        },
    ),
    (
        "evaluation.inspection.due.v1",
        DUTY,
        {OF_PURCHASER: "协议“友爱社区居家养老服务”的半年监督检查应于2025年7月31日前完成。"},
    ),
    (
        "evaluation.inspection.overdue.v1",
        {**DUTY, "kind": "monthly"},
        {
            addressee: "协议“友爱社区居家养老服务”的月度监督检查已逾期（应于2025年7月31日前完成）。"
            for addressee in (OF_PURCHASER, f"official:{COMMUNITY}")
        },
    ),
    (
        "evaluation.rectification.ordered.v1",
        DUTY,
        {OF_PROVIDER: "协议“友爱社区居家养老服务”须整改，请于2025年7月31日前完成。"},
    ),
    (
        "evaluation.rectification.overdue.v1",
        DUTY,
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”的整改已逾期（应于2025年7月31日前完成），"
            "已报购买方，请立即办理。",
            OF_PURCHASER: "协议“友爱社区居家养老服务”的整改已逾期（应于2025年7月31日前完成），"
            "请督促或依协议处理。",
        },
    ),
    (
        "evaluation.rectification.escalated.v1",
        DUTY,
        {
            f"official:{COMMUNITY}": "协议“友爱社区居家养老服务”的整改逾期未答复"
            "（应于2025年7月31日前完成），请督办。",
            f"secretariat:{COMMUNITY}": "协议“友爱社区居家养老服务”的整改逾期未答复"
            "（应于2025年7月31日前完成），请领导小组办公室督办。",
        },
    ),
    (
        "evaluation.commission.overdue.v1",
        DUTY,
        {
            f"official:{COMMUNITY}": "协议“友爱社区居家养老服务”的评估逾期未定案，请尽快办理；"
            "余款无争议部分先行支付。",
            f"secretariat:{COMMUNITY}": "协议“友爱社区居家养老服务”的评估逾期未定案，"
            "非承接主体原因，请领导小组办公室督办。",
            OF_PROVIDER: "协议“友爱社区居家养老服务”的评估逾期未定案，余款无争议部分先行支付，"
            "其余待定案后结算。",
        },
    ),
    (
        "procurement.payment.claimed.v1",
        {**PAYMENT, "kind": "undisputed", "claimed_amount": 123_456},
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”的余款无争议部分中有1,234.56元未按约定取得，"
            "请退回。"
        },
    ),
    (
        "procurement.agreement.terminated.v1",
        AGREEMENT_STATE,
        {
            OF_PROVIDER: "协议“友爱社区居家养老服务”已终止，后续活动停止，请按清算记录办理。",
            f"community:{COMMUNITY}": "协议“友爱社区居家养老服务”已终止，"
            "乐助社工中心在友爱社区的后续活动停止。",
        },
    ),
    (
        "evaluation.visit.assigned.v1",
        {
            "id": SOMETHING,
            "agreement_id": AGREEMENT,
            "visitor": "p-visitor",
            "recipient_ref": uuid4(),
            "from_day": "2025-11-10",
            "to_day": "2025-11-20",
        },
        {
            "person:p-visitor": "协议“友爱社区居家养老服务”的走访已分派给您，"
            f"请于2025年11月10日至2025年11月20日之间完成（走访编号{SOMETHING}）。"
        },
    ),
    (
        "registry.registration.expiring.v1",
        REGISTRATION,
        {
            WORKER: "您的社会工作者登记将于2025年6月30日到期，请及时办理延续登记。",
            OF_PROVIDER: f"本机构人员（编号{SOMETHING}）的社会工作者登记将于2025年6月30日到期。",
        },
    ),
    (
        "registry.registration.lapsed.v1",
        {**REGISTRATION, "employer_id": None},
        {WORKER: "您的社会工作者登记已失效；补足继续教育学时并重新登记前，不得担任活动负责人。"},
    ),
    (
        "registry.coverage.lost.v1",
        {"id": COMMUNITY, "division": COMMUNITY, "workers": 1, "minimum": 2},
        {f"official:{COMMUNITY}": "友爱社区的专业社工为1/2，低于规定人数。"},
    ),
    *(
        (f"notifications.subscription.{past}.v1", SUBSCRIPTION, {of: f"{whose}{text}"})
        for past, of, whose, text in (
            (
                "proposed",
                f"official:{CITY}",
                "与“市民政局”的事件订阅协议",
                "待批准，拟有效至2026年12月31日，请由提出人以外的两人批准，或予以终止。",
            ),
            (
                "approved",
                "person:o-1",
                "您提出的与“市民政局”的事件订阅协议",
                "已获两人批准，有效至2025年12月31日，无需办理。",
            ),
            (
                "suspended",
                "person:o-1",
                "与“市民政局”的事件订阅协议",
                "已暂停，对方暂不能取得事件，请告知对方；原因消除后请恢复。",
            ),
            (
                "resumed",
                "person:o-1",
                "与“市民政局”的事件订阅协议",
                "已恢复，有效至2025年12月31日，请告知对方从原位置继续读取。",
            ),
            (
                "expiring",
                "person:o-1",
                "与“市民政局”的事件订阅协议",
                "将于2025年12月31日到期，仍需要的，请在此之前提出延期并由另外两人批准。",
            ),
            (
                "expired",
                "person:o-1",
                "与“市民政局”的事件订阅协议",
                "已于2025年12月31日到期，对方不再取得事件；仍需要的，请另行提出新协议。",
            ),
            (
                "ended",
                "person:o-1",
                "与“市民政局”的事件订阅协议",
                "已提前终止，对方不再取得事件，请告知对方。",
            ),
        )
    ),
]


async def told(notifications: Stage, event_type: str) -> dict[str, str]:
    """The messages about events of a type: addressee → Chinese text."""
    rows = await notifications.fetch(
        "SELECT addressee, zh FROM messages WHERE event_type = $1", event_type
    )
    return {row["addressee"]: row["zh"] for row in rows}


@pytest.mark.parametrize(("event_type", "data", "expected"), CASES, ids=[c[0] for c in CASES])
async def test_who_is_answerable_is_told(
    notifications: Stage, event_type: str, data: dict[str, Any], expected: dict[str, str]
) -> None:
    """Each event reaches those who have to act, in words that a city can change."""
    await tell_agreement(notifications)

    await notifications.hear(event_type, data.get("id", SOMETHING), whole(event_type, data))

    assert await notifications.waiting() == []
    assert expected == await told(notifications, event_type)


async def test_an_agreement_in_force_reaches_both_ends(
    notifications: Stage, provider: Client
) -> None:
    """The provider is told to begin and the community who comes, also in English."""
    await tell_agreement(notifications)

    found = await told(notifications, "procurement.agreement.in_force.v1")

    assert {
        OF_PROVIDER: "协议“友爱社区居家养老服务”自2025年1月1日起生效，"
        "至2025年12月31日止，请安排工作计划。",
        f"community:{COMMUNITY}": "协议“友爱社区居家养老服务”自2025年1月1日起生效，"
        "由乐助社工中心在友爱社区提供服务。",
    } == found
    [message] = (await provider.get("/inbox")).body["messages"]
    assert message["text"] == (
        "The agreement “友爱社区居家养老服务” is in force from 2025-01-01 to 2025-12-31; "
        "plan its work."
    )


@pytest.mark.parametrize(
    ("share_bp", "deducted", "given_up", "zh", "en"),
    [
        (
            0,
            0,
            False,
            "评估结果不合格，请按评估意见整改",
            "the result lies below the line; put right what the evaluation named",
        ),
        (
            0,
            0,
            True,
            "协议已提前终止，应退金额见清算记录",
            "the agreement ended early; the settlement says what is claimed",
        ),
        (4_000, 0, False, "按评估结果已无应付余额", "by the result nothing of it is left to pay"),
        (
            4_000,
            1,
            False,
            "按评估结果应付的部分已全部用于违约扣款",
            "what the result gives of it is deducted for breaches",
        ),
    ],
)
async def test_why_nothing_is_paid(
    notifications: Stage,
    provider: Client,
    share_bp: int,
    deducted: int,
    *,
    given_up: bool,
    zh: str,
    en: str,
) -> None:
    """Below the line there is something to put right; after the end, or once paid, there is not."""
    await tell_agreement(notifications)
    withheld = "procurement.payment.withheld.v1"
    data = {
        **PAYMENT,
        "amount": 0,
        "balance_share_bp": share_bp,
        "deducted_amount": deducted,
        "given_up": given_up,
    }

    await notifications.hear(withheld, SOMETHING, whole(withheld, data))

    text = f"协议“友爱社区居家养老服务”的余款不予支付：{zh}。"
    assert {OF_PROVIDER: text} == await told(notifications, withheld)
    texts = [message["text"] for message in (await provider.get("/inbox")).body["messages"]]
    assert f"The balance of “友爱社区居家养老服务” is not paid: {en}." in texts


async def test_every_template_is_used(notifications: Stage) -> None:
    """Each seeded template is told by one of the events that are tried here or as sentences."""
    await tell_agreement(notifications)
    for event_type, data, _ in [*CASES, *SENTENCES]:
        await notifications.hear(event_type, data.get("id", SOMETHING), whole(event_type, data))
    await notifications.hear(
        "registry.registration.lapsed.v1", SOMETHING, REGISTRATION, event_id=new_id()
    )

    unused = await notifications.fetch(
        "SELECT code FROM templates WHERE code NOT IN (SELECT template FROM messages)"
    )

    assert [row["code"] for row in unused] == []


async def test_an_event_heard_twice_is_told_once(notifications: Stage) -> None:
    """Neither a second delivery nor a second run of the reaction makes a second message."""
    await tell_agreement(notifications)
    event_id = new_id()
    for _ in range(2):
        await notifications.hear(
            "evaluation.inspection.due.v1", SOMETHING, DUTY, sequence=1, event_id=event_id
        )
    await notifications.fetch("DELETE FROM inbox WHERE reaction = 'remind_of_inspections'")

    await notifications.hear(
        "evaluation.inspection.due.v1", SOMETHING, DUTY, sequence=1, event_id=event_id
    )

    rows = await notifications.fetch("SELECT FROM messages WHERE event_id = $1", event_id)
    assert len(rows) == 1


async def test_a_reminder_waits_for_its_agreement(notifications: Stage) -> None:
    """What overtakes its agreement is told as soon as that has arrived."""
    await tell_names(notifications)
    due = "evaluation.inspection.due.v1"
    await notifications.hear(due, SOMETHING, whole(due, DUTY))
    waiting = await notifications.waiting()
    await notifications.hear("procurement.agreement.in_force.v1", AGREEMENT, AGREEMENT_STATE)

    await notifications.retry_waiting()

    assert waiting == [("remind_of_inspections", "agreement-not-yet-known", "waiting")]
    assert await notifications.waiting() == []
    assert {OF_PURCHASER} == (await told(notifications, "evaluation.inspection.due.v1")).keys()


async def test_reminders_of_observations_and_awards_wait_for_names(notifications: Stage) -> None:
    """The agreement of an observation, and an organisation, are waited for as well."""
    await notifications.hear("scheduling.observation.assigned.v1", SOMETHING, OBSERVATION)
    awarded = "procurement.tender.awarded.v1"
    await notifications.hear(awarded, new_id(), whole(awarded, {**TENDER, "awarded_to": PROVIDER}))

    assert {"agreement-not-yet-known", "organisation-not-yet-known"} == {
        reason for _, reason, _ in await notifications.waiting()
    }


async def test_a_division_without_a_name_is_its_code(notifications: Stage) -> None:
    """Coverage is told at once; the code will do."""
    await notifications.hear(
        "registry.coverage.lost.v1",
        COMMUNITY,
        {"id": COMMUNITY, "division": COMMUNITY, "workers": 0, "minimum": 1},
    )

    found = await told(notifications, "registry.coverage.lost.v1")

    assert f"{COMMUNITY}的专业社工为0/1，低于规定人数。" == found[f"official:{COMMUNITY}"]


async def test_a_renamed_organisation_is_told_by_its_new_name(notifications: Stage) -> None:
    """A later event changes the view; one that arrives late does not change it back."""
    for sequence, name in ((1, "旧名"), (3, "新名"), (2, "中间名")):
        await notifications.hear(
            "registry.organisation.updated.v1",
            PROVIDER,
            {"id": PROVIDER, "name": name, "division": COMMUNITY},
            sequence=sequence,
        )

    rows = await notifications.fetch("SELECT name FROM organisations")

    assert [row["name"] for row in rows] == ["新名"]
