"""Random operations on agreements and their money, by several callers at once.

Each operation is an ordinary call: in time or not, by the right person or another, once or
twice. Whatever comes of it, no answer is a fault of the service and the books agree to the fen.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from libs.common.clock import end_of, legal_day
from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.procurement.agreement_steps import (
    Ready,
    awarded,
    check_books,
    draft,
    findings,
    host,
    seal,
    site,
)
from tests.services.procurement.steps import PURCHASER, buyer

AGREEMENTS: Final = 24
"""How many stand at a time: few enough that callers meet on them."""

PRICES: Final = (2_000_003, 2_500_000, 3_000_001)
SHARES: Final = (0, 1, 3_333, 7_000, 9_999, 10_000)
ALLOWED: Final = frozenset({200, 201, 404, 409, 412, 422, 503})


@dataclass(slots=True)
class Known:
    """An agreement as the walkers know it: its draft, and the versions of its sealed result."""

    ready: Ready
    agreement: dict[str, Any]
    result: UUID = field(default_factory=new_id)
    versions: int = 0

    @property
    def path(self) -> str:
        return f"/agreements/{self.agreement['id']}"


class Walk:
    """A seeded walk over one service's agreements and payments."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._chance = random.Random(seed)
        self._known: list[Known] = []
        self._budget: str | None = None
        self.answers: Counter[str] = Counter()
        """How often each operation was answered how: `invoice 200`, `accept term-not-over`."""

    async def run(self, operations: int, walkers: int = 4) -> None:
        """So many operations by so many callers at once; the books are looked at all along."""
        share = [operations // walkers + (n < operations % walkers) for n in range(walkers)]
        await asyncio.gather(*(self._wander(count) for count in share))
        await self.check()

    async def check(self) -> None:
        """Every fen is where the ledger says, and nobody was paid what was not earned."""
        await check_books(self._stage)
        for broken, sql in FORBIDDEN.items():
            assert await self._stage.fetch(sql) == [], broken

    async def _wander(self, count: int) -> None:
        for number in range(count):
            name, operation = self._chance.choice(self._operations())
            answer = await operation()
            if answer is not None:
                assert answer.status in ALLOWED, (name, answer.status, answer.body)
                self.answers[f"{name} {answer.code or answer.status}"] += 1
            if number % 200 == 0:
                await self.check()

    def _operations(self) -> list[tuple[str, Callable[[], Awaitable[Answer | None]]]]:
        if len(self._known) < AGREEMENTS:
            return [("draft", self._draft)]
        return [
            ("draft", self._replace),
            ("sign", self._sign),
            ("sign", self._sign),
            ("sign", self._sign),
            ("give up", self._give_up),
            ("confirm end", self._confirm_end),
            ("deliver", self._deliver),
            ("invoice", self._invoice),
            ("invoice", self._invoice),
            ("approve", self._approve),
            ("approve", self._approve),
            ("approve", self._approve),
            ("transfer", self._transfer),
            ("transfer", self._transfer),
            ("recover", self._recover),
            ("recover", self._recover),
            ("be late", self._be_late),
            ("be late", self._be_late),
            ("be late", self._be_late),
            ("seal", self._seal),
            ("accept", self._accept),
            ("time", self._let_time_pass),
        ]

    def _one(self) -> Known:
        return self._chance.choice(self._known)

    async def _draft(self) -> Answer:
        price = self._chance.choice(PRICES)
        ready = await awarded(self._stage, price, self._budget)
        self._budget = ready.budget
        today = legal_day(await self._stage.now())
        lasts = timedelta(days=self._chance.randrange(5))
        answer = await draft(self._stage, ready, price, to_day=str(today + lasts))
        if answer.status == 201:
            self._known.append(Known(ready, answer.body))
        elif answer.code == "budget-exceeded":
            self._budget = None
        return answer

    async def _replace(self) -> Answer | None:
        """An agreement that has ended makes room for another."""
        for known in self._chance.sample(self._known, 4):
            found = await self._stage.as_("auditor").get(known.path)
            if found.body["status"] in ("terminated", "completed") and known in self._known:
                self._known.remove(known)
                return await self._draft()
        return None

    async def _sign(self) -> Answer:
        known = self._one()
        party = self._chance.choice(
            [known.ready.provider.client(self._stage), host(self._stage), site(self._stage)]
        )
        return await party.post(f"{known.path}/signatures", seal(known.agreement))

    async def _give_up(self) -> Answer | None:
        if self._chance.random() < 0.8:
            return None
        reason = self._chance.choice(["plan-changed", "provider-failed"])
        return await buyer(self._stage).post(f"{self._one().path}/termination", {"reason": reason})

    async def _confirm_end(self) -> Answer:
        """By the person who proposed it, or another; mostly nobody has."""
        person = self._chance.choice(["buyer", "p-2"])
        known = self._one()
        return await buyer(self._stage, person).post(f"{known.path}/termination/confirmation")

    async def _deliver(self) -> None:
        """Scheduling has accepted so much of an output."""
        known = self._one()
        output = self._chance.choice(known.agreement["outputs"])["id"]
        counted = self._chance.randrange(600)
        await self._stage.hear(
            "scheduling.output.counted.v1",
            output,
            {"id": output, "agreement_id": known.agreement["id"], "counted": counted},
        )

    async def _payment(self, status: str) -> dict[str, Any] | None:
        """Mostly one of that status, now and then any: what is out of order is tried as well."""
        query = {"status": status} if self._chance.random() < 0.8 else {}
        found = (await self._stage.as_("auditor").get("/payments", limit="50", **query)).body
        return self._chance.choice(found["items"]) if found["items"] else None

    async def _invoice(self) -> Answer | None:
        if (payment := await self._payment("due")) is None:
            return None
        amount = payment["amount"] + self._chance.choice([0, 0, 0, 0, 1])
        body = {"number": f"fp-{self._chance.randrange(10**9)}", "amount": amount}
        provider = self._stage.as_("agency-manager", org=UUID(payment["provider_id"]))
        return await provider.post(f"/payments/{payment['id']}/invoice", body)

    async def _approve(self) -> Answer | None:
        """By one of few persons, some of them with two accounts."""
        if (payment := await self._payment("invoiced")) is None:
            return None
        person, account = f"p-{self._chance.randrange(5)}", f"account-{self._chance.randrange(9)}"
        role = self._chance.choice(["purchaser", "treasury"])
        approver = self._stage.as_(role, person=person, org=PURCHASER, sub=account)
        return await approver.post(f"/payments/{payment['id']}/approvals")

    async def _transfer(self) -> Answer | None:
        if (payment := await self._payment("approved")) is None:
            return None
        cashier = self._stage.as_("treasury", person="cashier")
        return await cashier.post(f"/payments/{payment['id']}/transfer", {"reference": "zf"})

    async def _be_late(self) -> None:
        """Evaluation tells that it is late: part of the balance falls due before the result."""
        agreement = self._one().agreement["id"]
        commission = new_id()
        data = {"id": commission, "agreement_id": agreement}
        await self._stage.hear("evaluation.commission.overdue.v1", commission, data)

    async def _recover(self) -> Answer | None:
        """Mostly what is claimed, all or part of it; now and then any payment is tried."""
        for known in self._chance.sample(self._known, 6):
            found = (await self._stage.as_("auditor").get(known.path)).body["payments"]
            claimed = [p for p in found if p["claimed_amount"] > p["recovered_amount"]]
            if claimed or (found and self._chance.random() < 0.1):
                break
        else:
            return None
        payment = self._chance.choice(claimed or found)
        most = self._chance.choice([payment["claimed_amount"] or 2_000_000, 2_000_000])
        body = {"amount": self._chance.randint(1, most), "reference": "th"}
        cashier = self._stage.as_("treasury", person="cashier")
        return await cashier.post(f"/payments/{payment['id']}/recovery", body)

    async def _seal(self) -> None:
        """Evaluation seals a result, mostly after a while, or corrects it; sometimes an older
        version comes late."""
        known = self._one()
        if known.versions == 0 and self._chance.random() < 0.7:
            return
        known.versions += 1
        share = self._chance.choice(SHARES)
        version = max(1, known.versions - self._chance.choice([0, 0, 0, 1]))
        await self._stage.hear(
            "evaluation.result.sealed.v1",
            known.result,
            {
                "id": known.result,
                "version": version,
                "commission_id": known.result,
                "agreement_id": known.agreement["id"],
                "provider_id": known.ready.provider.org,
                "purchaser_id": PURCHASER,
                "division": known.agreement["division"],
                "domain": known.agreement["domain"],
                "score_bp": share,
                "band": "fail" if share == 0 else "pass",
                "balance_share_bp": share,
                "policy_version": 1,
                "sealed_at": (await self._stage.now()).isoformat(),
                "correction": version > 1,
            },
        )

    async def _accept(self) -> Answer:
        person = f"p-{self._chance.randrange(8)}"
        outcome = self._chance.choice(["accepted", "accepted", "refused"])
        known = self._one()
        official = self._stage.as_("official", person=person)
        return await official.post(f"{known.path}/acceptance", findings(outcome=outcome))

    async def _let_time_pass(self) -> None:
        if self._chance.random() < 0.2:
            await self._stage.move_to(end_of(legal_day(await self._stage.now())))


FORBIDDEN: Final = {
    "more was paid than agreed upon": """
        SELECT agreements.id
          FROM agreements
          JOIN payments ON payments.agreement_id = agreements.id
         WHERE payments.status IN ('paid', 'recovered')
      GROUP BY agreements.id
        HAVING sum(payments.amount - payments.recovered_amount) > agreements.amount
    """,
    "a result did not give its share of the whole balance, to the fen": """
        SELECT agreements.id
          FROM agreements
          JOIN payments AS balance ON balance.agreement_id = agreements.id
           AND balance.kind = 'balance'
          JOIN agreement_results AS result ON result.agreement_id = agreements.id
           AND (result.result_id, result.version) = (balance.result_id, balance.result_version)
          LEFT JOIN payments AS undisputed ON undisputed.agreement_id = agreements.id
           AND undisputed.kind = 'undisputed'
         WHERE agreements.status IN ('in_force', 'completed')
           AND result.balance_share_bp > 0
           AND balance.amount + coalesce(undisputed.amount - undisputed.claimed_amount, 0)
               <> div((agreements.amount - (SELECT sum(planned_amount)
                                              FROM payments
                                             WHERE agreement_id = agreements.id
                                               AND kind = 'startup'))
                      * result.balance_share_bp, 10000)
    """,
    "money went before everybody had signed": """
        SELECT id
          FROM payments
         WHERE paid_day IS NOT NULL
           AND (SELECT count(*)
                  FROM signatures
                 WHERE signatures.agreement_id = payments.agreement_id) < 3
    """,
    "a balance went without result and acceptance": """
        SELECT id
          FROM payments
         WHERE kind = 'balance'
           AND paid_day IS NOT NULL
           AND (result_id IS NULL OR acceptance_id IS NULL OR balance_share_bp = 0)
    """,
    "one person approved twice, or fewer than three approved": """
        SELECT payments.id
          FROM payments
          JOIN approvals AS step ON step.payment_id = payments.id
         WHERE payments.paid_day IS NOT NULL
           AND step.withdrawn_at IS NULL
      GROUP BY payments.id
        HAVING count(DISTINCT step.person) <> 3
            OR count(*) <> 3
    """,
    "more came back than went": """
        SELECT id
          FROM payments
         WHERE recovered_amount > amount
    """,
    "more came back than was claimed": """
        SELECT payments.id
          FROM payments
          JOIN agreements ON agreements.id = payments.agreement_id
         WHERE agreements.status <> 'completed'
           AND recovered_amount > claimed_amount
    """,
    "an end left the provider more, or less, than it had earned": """
        SELECT settlements.id
          FROM settlements
          JOIN payments USING (agreement_id)
      GROUP BY settlements.id
        HAVING sum(payments.amount - payments.claimed_amount) <> settlements.earned_amount
    """,
    "an agreement in force has ended without two persons": """
        SELECT id
          FROM agreements
         WHERE status = 'terminated'
           AND in_force_at IS NOT NULL
           AND (end_proposed_by IS NULL OR end_confirmed_by IS NULL)
    """,
    "a payment was told twice": """
        SELECT subject
          FROM outbox
         WHERE type = 'procurement.payment.paid.v1'
      GROUP BY subject
        HAVING count(*) > 1
    """,
}
