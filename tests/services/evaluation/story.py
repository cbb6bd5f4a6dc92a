"""One agreement and whoever has to do with it, told step by step as the city would live it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from libs.common.clock import end_of
from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage

COMMUNITY: Final = "510181001001"
SCORERS: Final = ("s-1", "s-2", "s-3")
VISITORS: Final = ("v-1", "v-2")
FROM: Final = date(2024, 11, 1)
TO: Final = date(2025, 1, 31)

POLICY: Final[dict[str, Any]] = {
    "name": "都江堰市社会工作服务项目评估办法",
    "effective_from": "2024-11-01",
    "indicators": [
        {"code": "outputs", "title": "产出", "weight_bp": 3000, "source": "computed-outputs"},
        {"code": "reports", "title": "简报", "weight_bp": 1000, "source": "computed-reports"},
        {"code": "seen", "title": "现场监督", "weight_bp": 1000, "source": "computed-observation"},
        {"code": "said", "title": "满意度", "weight_bp": 2000, "source": "computed-satisfaction"},
        {"code": "checks", "title": "督导", "weight_bp": 1000, "source": "computed-inspections"},
        {"code": "effect", "title": "成效", "weight_bp": 2000, "source": "rated"},
    ],
    "bands": [
        {"band": "excellent", "from_score_bp": 9000},
        {"band": "good", "from_score_bp": 8000},
        {"band": "pass", "from_score_bp": 6000},
        {"band": "fail", "from_score_bp": 0},
    ],
    "standing": [
        {"band": "excellent", "effect": "priority"},
        {"band": "good", "effect": "neutral"},
        {"band": "pass", "effect": "watch"},
        {"band": "fail", "effect": "barred-next-year"},
    ],
    "sample": {"share_bp": 3000, "at_least": 4, "at_most": 20},
    "visit_days": 20,
    "review_days": 7,
    "inspection": {"monthly_due_days": 5, "half_year_due_days": 10, "rectification_days": 15},
    "questions": [
        {"code": "q-1", "title": "您对服务满意吗？", "minors_ok": True},
        {"code": "q-2", "title": "服务对您有帮助吗？", "minors_ok": False},
    ],
}


class Story:
    """Names and steps; each step asserts nothing but that it went well."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.agreement = new_id()
        self.provider = new_id()
        self.purchaser = new_id()
        self.evaluator = new_id()
        self.output = new_id()

    # Who calls

    def official(self, person: str = "o-1") -> Client:
        return self.stage.as_("official", person=person)

    def manager(self, org: UUID | None = None) -> Client:
        return self.stage.as_("agency-manager", person="m-1", org=org or self.provider)

    def third_party(self, person: str = "e-1", org: UUID | None = None) -> Client:
        return self.stage.as_("evaluator", person=person, org=org or self.evaluator)

    # What neighbours say

    async def begin(self, policy: Mapping[str, Any] = POLICY) -> None:
        """A policy is made, the evaluator is registered, and the agreement comes into force."""
        ok(await self.stage.as_("secretariat").post("/policies", policy))
        await self.register(self.evaluator)
        await self.hear_agreement("in_force")

    async def register(self, organisation: UUID, **fields: object) -> None:
        await self.stage.hear(
            "registry.organisation.registered.v1",
            organisation,
            {
                "id": organisation,
                "name": "成都评估中心",
                "roles": ["evaluator"],
                "division": "510181000000",
                "status": "registered",
                **fields,
            },
        )

    async def hear_agreement(
        self, what: str, *, sequence: int | None = None, **fields: object
    ) -> None:
        await self.stage.hear(
            f"procurement.agreement.{what}.v1",
            self.agreement,
            {
                "id": self.agreement,
                "title": "居家养老服务",
                "domain": "home-care",
                "division": COMMUNITY,
                "purchaser_id": self.purchaser,
                "provider_id": self.provider,
                "from_day": FROM,
                "to_day": TO,
                "status": what,
                "outputs": [
                    {
                        "id": self.output,
                        "kind": "home-visit",
                        "title": "入户走访",
                        "quantity": 30,
                        "minimum_persons": 1,
                    }
                ],
                "bands": [
                    {"band": "优秀", "from_score_bp": 9000, "balance_share_bp": 10000},
                    {"band": "良好", "from_score_bp": 8000, "balance_share_bp": 9000},
                    {"band": "合格", "from_score_bp": 6000, "balance_share_bp": 7000},
                ],
                **fields,
            },
            sequence=sequence,
        )

    async def count(self, counted: int) -> None:
        await self.stage.hear(
            "scheduling.output.counted.v1",
            self.output,
            {"id": self.output, "agreement_id": self.agreement, "counted": counted},
        )

    async def hear_activity(self, day: date, **fields: object) -> None:
        activity = new_id()
        await self.stage.hear(
            "scheduling.activity.accepted.v1",
            activity,
            {
                "id": activity,
                "agreement_id": self.agreement,
                "starts_at": datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
                "status": "accepted",
                "observation": "made",
                "reported_day": day,
                "report_due_day": day + timedelta(days=7),
                **fields,
            },
        )

    async def serve(self, *recipients: str, **fields: object) -> None:
        """Somebody is checked in by name, and casework knows them."""
        for recipient in recipients:
            await self.check_in(recipient)
            await self.stage.hear(
                "casework.recipient.enrolled.v1",
                recipient,
                {"id": recipient, "status": "open", "visit_rule": "ordinary", **fields},
            )

    async def check_in(self, recipient: str | None, **fields: object) -> None:
        check_in = new_id()
        await self.stage.hear(
            "scheduling.attendance.recorded.v1",
            check_in,
            {
                "id": check_in,
                "agreement_id": self.agreement,
                "recipient_ref": recipient,
                "at": datetime(2024, 12, 1, 2, tzinfo=UTC),
                "withdrawn": False,
                **fields,
            },
        )

    async def tie(self, person: str, organisation: UUID, **fields: object) -> None:
        tie = new_id()
        await self.stage.hear(
            "registry.tie.declared.v1",
            tie,
            {
                "id": tie,
                "person": person,
                "organisation_id": organisation,
                "kind": "kinship",
                "degree": "direct",
                "status": "standing",
                **fields,
            },
        )

    # What is done here

    async def commission(self) -> str:
        """The latest."""
        answer = await self.official().get("/commissions", agreement_id=str(self.agreement))
        return str(answer.body["items"][-1]["id"])

    async def inspection(self, kind: str) -> dict[str, Any]:
        """The first inspection of that kind."""
        answer = await self.official().get("/inspections", agreement_id=str(self.agreement))
        found: dict[str, Any] = next(i for i in answer.body["items"] if i["kind"] == kind)
        return found

    async def assign(self, **fields: object) -> Answer:
        return await self.official().post(
            f"/commissions/{await self.commission()}/assignment",
            {
                "evaluator_id": self.evaluator,
                "visitors": VISITORS,
                "scorers": SCORERS,
                **fields,
            },
        )

    async def sample(self, served: int = 20) -> str:
        """Assigned, the term over, and the sample drawn; returns the commission."""
        await self.serve(*(f"r-{number:02}" for number in range(served)))
        ok(await self.assign())
        await self.stage.move_to(end_of(TO))
        commission = await self.commission()
        ok(await self.third_party().post(f"/commissions/{commission}/sample"))
        return commission

    async def visits(self, visitor: str) -> list[dict[str, Any]]:
        answer = await self.third_party(visitor).get("/visits", status="assigned")
        return list(answer.body["items"])

    async def end_visits(self, outcome: str = "visited", points: int = 4) -> None:
        """Every visit that is open ends that way."""
        answers = [{"question": "q-1", "points": points}]
        for visitor in VISITORS:
            for visit in await self.visits(visitor):
                body = {"outcome": outcome, "answers": answers if outcome == "visited" else []}
                path = f"/visits/{visit['id']}/outcome"
                ok(await self.third_party(visitor).post(path, body))

    async def mark(self, commission: str, scorer: str, points_bp: int = 9000) -> Answer:
        marks = [{"indicator": "effect", "points_bp": points_bp, "reason_code": "well-done"}]
        return await self.third_party(scorer).post(
            f"/commissions/{commission}/marks", {"marks": marks}
        )

    async def score(self) -> str:
        """Sampled, visited, marked and scored."""
        commission = await self.sample()
        await self.visit_and_score(commission)
        return commission

    async def visit_and_score(self, commission: str) -> None:
        """Every visit ends, every scorer marks, and the score is computed."""
        await self.end_visits()
        for scorer in SCORERS:
            ok(await self.mark(commission, scorer))
        ok(await self.third_party().post(f"/commissions/{commission}/scoring"))

    async def score_after(self, *, rectified: bool) -> str:
        """Scored with one completed inspection, whose faults were put right or not."""
        await self.stage.move_to(end_of(date(2024, 12, 16)))
        inspection = (await self.inspection("half-year"))["id"]
        body = {"conclusion": "faults", "codes": ["no-signage"], "findings": "未悬挂标识。"}
        ok(await self.official().post(f"/inspections/{inspection}/completion", body))
        order = {"codes": ["no-signage"], "demand": "请悬挂标识。"}
        path = f"/inspections/{inspection}/rectifications"
        rectification = ok(await self.official().post(path, order))["id"]
        if rectified:
            path = f"/rectifications/{rectification}"
            ok(await self.manager().post(f"{path}/answer", {"text": "已悬挂。"}))
            ok(await self.official().post(f"{path}/resolution"))
        return await self.score()

    async def notify(self) -> str:
        """Scored and notified by o-1."""
        commission = await self.score()
        ok(await self.official("o-1").post(f"/commissions/{commission}/notification"))
        return commission

    async def ask_review(self, result: str, indicator: str = "effect") -> Answer:
        return await self.manager().post(
            f"/results/{result}/reviews",
            {"indicator": indicator, "reason_code": "evidence-overlooked", "text": "请再看材料。"},
        )

    async def seal(self) -> str:
        """Notified, the review period over, and sealed by o-2."""
        commission = await self.notify()
        await self.seal_notified(commission)
        return commission

    async def seal_notified(self, commission: str) -> None:
        """The review period is over, and o-2 seals."""
        await self.stage.move_to(await self.stage.now() + timedelta(days=9))
        ok(await self.official("o-2").post(f"/commissions/{commission}/sealing"))

    async def rectification(self) -> dict[str, Any]:
        """What was ordered last."""
        answer = await self.official().get("/rectifications", agreement_id=str(self.agreement))
        found: dict[str, Any] = answer.body["items"][-1]
        return found

    async def put_right(self) -> str:
        """What was ordered last is answered and resolved; returns the commission that follows."""
        path = f"/rectifications/{(await self.rectification())['id']}"
        ok(await self.manager().post(f"{path}/answer", {"text": "已整改。"}))
        ok(await self.official().post(f"{path}/resolution"))
        return await self.commission()

    async def evaluate_again(self) -> str:
        """A failed result was put right, and the second one is sealed."""
        commission = await self.put_right()
        ok(await self.assign())
        await self.stage.move_to(await self.stage.now() + timedelta(days=1))
        ok(await self.third_party().post(f"/commissions/{commission}/sample"))
        await self.visit_and_score(commission)
        ok(await self.official("o-1").post(f"/commissions/{commission}/notification"))
        await self.seal_notified(commission)
        return commission


def ok(answer: Answer) -> Any:
    """The body of an answer that is not a refusal."""
    assert answer.status < 300, answer.body
    return answer.body
