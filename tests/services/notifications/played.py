"""Two agreements as their events tell them: one that was paid, and one with much that is late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from libs.common.testing import CITY, Stage
from tests.services.notifications.conftest import COMMUNITY, PROVIDER, PURCHASER, tell_names, whole

TODAY: Final = datetime(2025, 7, 1, 2, tzinfo=UTC)
PAID: Final = UUID("01937b2e-5c00-7000-8000-00000000c001")
LATE: Final = UUID("01937b2e-5c00-7000-8000-00000000c002")
SHORT: Final = "510181001002"
HOSTILE: Final = "<script>alert(1)</script>\"'><img src=//elsewhere.example/x onerror=alert(2)>"
TENDER: Final = "高梁村留守儿童关爱服务"
SECRET_SCORE: Final = 4_321
"""Of a result that is notified and not sealed."""
LINES: Final = [
    {
        "indicator": "outputs",
        "title": "服务产出",
        "source": "computed-outputs",
        "weight_bp": 6_000,
        "value_bp": 10_000,
        "contribution_bp": 6_000,
        "reached": 20_000,
        "possible": 20_000,
        "reason_code": None,
    },
    {
        "indicator": "satisfaction",
        "title": "服务对象满意度",
        "source": "computed-satisfaction",
        "weight_bp": 4_000,
        "value_bp": 8_125,
        "contribution_bp": 3_250,
        "reached": None,
        "possible": None,
        "reason_code": "review-upheld",
    },
]
PARTS: Final = [
    {
        "indicator": "outputs",
        "code": "o-1",
        "title": "生日会",
        "count": 12,
        "points_bp": 10_000,
    }
]


def numbered(kind: int, number: int) -> UUID:
    """The id of one of many."""
    return UUID(f"01937b2e-5c00-7000-8000-0000{kind:04x}{number:04x}")


async def play(stage: Stage) -> None:
    """Tell everything, as of the first of July."""
    await stage.move_to(TODAY)
    await tell_names(stage)
    await tell(stage, "registry.division.changed.v1", CITY, id=CITY, name="都江堰市")
    await tell(stage, "registry.division.changed.v1", SHORT, id=SHORT, name="高梁村")
    await tell_coverage(stage)
    await tell_paid(stage)
    await tell_late(stage)
    await tell_trouble(stage)
    await tell(
        stage,
        "procurement.comparison.settled.v1",
        numbered(9, 1),
        division=CITY,
        status="confirmed",
        open_lines=0,
    )


async def tell(stage: Stage, event_type: str, subject: UUID | str, **data: Any) -> None:
    """One event, whole."""
    if isinstance(subject, UUID):
        data["id"] = subject
    await stage.hear(event_type, subject, whole(event_type, data))


async def tell_coverage(stage: Stage) -> None:
    """One community is short, the other is not any more."""
    for name, division, workers, since in (
        ("lost", SHORT, 0, "2025-03-01"),
        ("restored", COMMUNITY, 1, None),
    ):
        data = {"id": division, "division": division, "workers": workers, "certified": workers}
        await tell(
            stage,
            f"registry.coverage.{name}.v1",
            division,
            **data,
            minimum=1,
            short_since=since,
        )


async def tell_way(stage: Stage, number: int, agreement: UUID, title: str, status: str) -> None:
    """From the need to the agreement; the first tender fails."""
    need, proposal = numbered(1, number), numbered(2, number)
    failed, awarded = numbered(3, number), numbered(4, number)
    await tell(stage, "procurement.need.recorded.v1", need, division=COMMUNITY)
    await tell(
        stage,
        "procurement.proposal.selected.v1",
        proposal,
        need_ids=[need],
        division=COMMUNITY,
        status="selected",
    )
    for tender, past in ((failed, "failed"), (awarded, "awarded")):
        await tell(
            stage,
            f"procurement.tender.{past}.v1",
            tender,
            proposal_id=proposal,
            purchaser_id=PURCHASER,
            awarded_to=None,
            status=past,
        )
    await tell(
        stage,
        f"procurement.agreement.{status}.v1",
        agreement,
        tender_id=awarded,
        title=title,
        division=COMMUNITY,
        provider_id=PROVIDER,
        purchaser_id=PURCHASER,
        from_day="2025-01-01",
        to_day="2025-12-31",
        amount=11_800_000,
        status=status,
    )


async def tell_agreements(stage: Stage, count: int) -> None:
    """So many agreements in force, in pairs that begin on the same day."""
    for number in range(count):
        await tell(
            stage,
            "procurement.agreement.in_force.v1",
            numbered(13, number),
            title=f"第{number}份协议",
            division=COMMUNITY,
            from_day=str(date(2025, 1, 1) + timedelta(days=number // 2)),
            status="in_force",
        )


async def tell_paid(stage: Stage) -> None:
    """All delivered, sealed, accepted and paid."""
    of = {"agreement_id": PAID, "division": COMMUNITY}
    await tell_way(stage, 1, PAID, "友爱社区居家养老服务", "completed")
    for number in range(3):
        await tell(
            stage,
            "scheduling.activity.accepted.v1",
            numbered(5, number),
            **of,
            status="accepted",
            reported_day=f"2025-0{number + 2}-15",
            person_times=14,
        )
    await tell(
        stage,
        "evaluation.inspection.completed.v1",
        numbered(6, 1),
        **of,
        kind="monthly",
        status="completed",
        conclusion="in-order",
        due_day="2025-02-10",
    )
    await tell(
        stage,
        "evaluation.result.sealed.v1",
        numbered(7, 1),
        **of,
        status="sealed",
        version=2,
        correction=True,
        policy_version=3,
        score_bp=9_250,
        band="excellent",
        balance_share_bp=9_000,
        lines=LINES,
        parts=PARTS,
    )
    await tell(
        stage,
        "procurement.acceptance.recorded.v1",
        numbered(8, 1),
        agreement_id=PAID,
        day="2025-06-20",
        outcome="accepted",
    )
    for number, kind, planned, amount, day in (
        (1, "startup", 8_260_000, 8_260_000, "2025-01-14"),
        (2, "balance", 3_540_000, 3_186_000, "2025-06-26"),
    ):
        await tell(
            stage,
            "procurement.payment.paid.v1",
            numbered(9, number),
            **of,
            kind=kind,
            planned_amount=planned,
            amount=amount,
            status="paid",
            paid_day=day,
            recovered_amount=0,
            claimed_amount=0,
        )


async def tell_late(stage: Stage) -> None:
    """A report and an inspection are late; a result is notified and not sealed."""
    of = {"agreement_id": LATE, "division": COMMUNITY}
    await tell_way(stage, 2, LATE, HOSTILE, "in_force")
    await tell(
        stage,
        "scheduling.activity.held.v1",
        numbered(5, 10),
        **of,
        status="held",
        reported_day=None,
        report_due_day="2025-06-21",
        correction_due_day=None,
    )
    await tell(
        stage,
        "evaluation.inspection.overdue.v1",
        numbered(6, 10),
        **of,
        kind="half-year",
        status="overdue",
        conclusion=None,
        due_day="2025-06-30",
    )
    await tell(
        stage,
        "evaluation.result.notified.v1",
        numbered(7, 10),
        **of,
        status="notified",
        score_bp=SECRET_SCORE,
        review_until="2025-06-25",
    )
    await tell(
        stage,
        "evaluation.review.decided.v1",
        numbered(14, 10),
        **of,
        result_id=numbered(7, 10),
        decide_due_day="2025-06-24",
        outcome="kept",
    )
    await tell(
        stage,
        "procurement.payment.due.v1",
        numbered(9, 10),
        **of,
        kind="startup",
        planned_amount=8_260_000,
        amount=8_260_000,
        status="due",
        due_day="2025-01-14",
        paid_day=None,
        recovered_amount=0,
        claimed_amount=0,
    )


async def tell_trouble(stage: Stage) -> None:
    """Challenges and a complaint to one tender, something to put right, money to come back, two
    registrations that end, and work that lags."""
    of = {"title": TENDER, "division": COMMUNITY, "purchaser_id": PURCHASER}
    for past, number, day in (("overdue", 1, "2025-06-24"), ("answered", 2, "2025-06-20")):
        await tell(
            stage,
            f"procurement.challenge.{past}.v1",
            numbered(10, number),
            **of,
            status=past,
            answer_due_day=day,
        )
    await tell(
        stage,
        "procurement.complaint.suspended.v1",
        numbered(11, 1),
        **of,
        status="lodged",
        decide_due_day="2025-07-30",
    )
    await tell(
        stage,
        "evaluation.rectification.ordered.v1",
        numbered(14, 1),
        agreement_id=LATE,
        division=COMMUNITY,
        status="ordered",
        due_day="2025-07-15",
    )
    await tell_claim(stage, recovered=1_000_000)
    for number, status, until in ((1, "lapsed", "2025-06-28"), (2, "expiring", "2025-09-01")):
        await tell(
            stage,
            f"registry.registration.{status}.v1",
            numbered(12, number),
            employer_id=PROVIDER,
            registration_status=status,
            registration_until=until,
        )
    await tell(stage, "scheduling.workplan.behind.v1", LATE, agreement_id=LATE, as_of="2025-06-30")


async def tell_claim(stage: Stage, *, recovered: int) -> None:
    """Of the paid start-up 2.5 万元 have to come back, and so much has."""
    past = "recovered" if recovered else "claimed"
    await tell(
        stage,
        f"procurement.payment.{past}.v1",
        numbered(9, 20),
        agreement_id=LATE,
        division=COMMUNITY,
        kind="startup",
        planned_amount=8_260_000,
        amount=8_260_000,
        status="recovered" if recovered else "paid",
        paid_day="2024-01-14",
        claimed_amount=2_500_000,
        recovered_amount=recovered,
    )
