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
from typing import Any, Final, Literal
from uuid import UUID

from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed

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
from tests.services.procurement.walk_states import FORBIDDEN, REACHED

AGREEMENTS: Final = 24
"""How many stand at a time: few enough that callers meet on them."""

PRICES: Final = (2_000_003, 2_500_000, 3_000_001)
SHARES: Final = (0, 1, 3_333, 7_000, 9_999, 10_000)
LITTLE: Final = (1, 3_333)
"""Less than the undisputed part: some of it has to come back."""
ALLOWED: Final = frozenset({200, 201, 404, 409, 412, 422, 503})
DONE: Final = frozenset({"200", "201", "heard"})
Outcome = Answer | Literal["heard", "nothing-there"]
"""What became of an operation: an event has no answer, and some find nothing to try on."""
Step = tuple[str, Callable[[], Awaitable[Outcome]]]
"""An operation by its name."""


@dataclass(slots=True)
class Known:
    """An agreement as the walkers know it: its draft, and the versions of its sealed result."""

    ready: Ready
    agreement: dict[str, Any]
    patient: bool
    """Whose provider lets the start-up wait, so that the agreement outlives its first result."""
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
        self._steps = self._operations()

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

    async def reached(self) -> dict[str, int]:
        """How often each operation was done, and how many rows have been in each state."""
        done = dict.fromkeys((name for name, _ in self._steps), 0)
        for answered, count in self.answers.items():
            name, _, how = answered.rpartition(" ")
            if how in DONE:
                done[name] += count
        for state, sql in REACHED.items():
            [found] = await self._stage.fetch(sql)
            done[state] = found["count"]
        return done

    async def _wander(self, count: int) -> None:
        for number in range(count):
            name, operation = self._choose()
            outcome = await operation()
            if isinstance(outcome, Answer):
                assert outcome.status in ALLOWED, (name, outcome.status, outcome.body)
            how = outcome if isinstance(outcome, str) else outcome.code or outcome.status
            self.answers[f"{name} {how}"] += 1
            if number % 200 == 0:
                await self.check()

    def _choose(self) -> Step:
        if len(self._known) < AGREEMENTS:
            return "draft", self._draft
        return self._chance.choice(self._steps)

    def _operations(self) -> list[Step]:
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
            self._known.append(Known(ready, answer.body, patient=self._chance.random() < 0.5))
        elif answer.code == "budget-exceeded":
            self._budget = None
        return answer

    async def _replace(self) -> Outcome:
        """An agreement that has ended makes room for another."""
        for known in self._chance.sample(self._known, 4):
            found = await self._read(known.path)
            if found["status"] in ("terminated", "completed") and known in self._known:
                self._known.remove(known)
                return await self._draft()
        return "nothing-there"

    async def _sign(self) -> Answer:
        known = self._one()
        party = self._chance.choice(
            [known.ready.provider.client(self._stage), host(self._stage), site(self._stage)]
        )
        return await party.post(f"{known.path}/signatures", seal(known.agreement))

    async def _give_up(self) -> Outcome:
        if self._chance.random() < 0.8:
            return "nothing-there"
        reason = self._chance.choice(["plan-changed", "provider-failed"])
        return await buyer(self._stage).post(f"{self._one().path}/termination", {"reason": reason})

    async def _confirm_end(self) -> Answer:
        """By the person who proposed it, or another; mostly nobody has."""
        person = self._chance.choice(["buyer", "p-2"])
        known = self._one()
        return await buyer(self._stage, person).post(f"{known.path}/termination/confirmation")

    async def _deliver(self) -> Outcome:
        """Scheduling has accepted so much of an output."""
        known = self._one()
        output = self._chance.choice(known.agreement["outputs"])["id"]
        counted = self._chance.randrange(600)
        await self._stage.hear(
            "scheduling.output.counted.v1",
            output,
            {"id": output, "agreement_id": known.agreement["id"], "counted": counted},
        )
        return "heard"

    async def _read(self, path: str, **query: str) -> Any:
        """As any caller: what cannot be answered at the moment is asked for again."""
        patiently = AsyncRetrying(
            retry=retry_if_result(lambda answer: answer.status == 503),
            stop=stop_after_delay(60),
            wait=wait_fixed(1),
        )
        return (await patiently(self._stage.as_("auditor").get, path, **query)).body

    async def _payment(self, status: str) -> dict[str, Any] | None:
        """Mostly one of that status, now and then any: what is out of order is tried as well."""
        query = {"status": status} if self._chance.random() < 0.8 else {}
        found = await self._read("/payments", limit="50", **query)
        return self._chance.choice(found["items"]) if found["items"] else None

    async def _invoice(self) -> Outcome:
        if (payment := await self._payment("due")) is None:
            return "nothing-there"
        if payment["kind"] == "startup" and self._lets_wait(payment["agreement_id"]):
            return "nothing-there"
        amount = payment["amount"] + self._chance.choice([0, 0, 0, 0, 1])
        body = {"number": f"fp-{self._chance.randrange(10**9)}", "amount": amount}
        provider = self._stage.as_("agency-manager", org=UUID(payment["provider_id"]))
        return await provider.post(f"/payments/{payment['id']}/invoice", body)

    def _lets_wait(self, agreement: str) -> bool:
        """Mostly, where the provider is patient."""
        patient = any(one.patient for one in self._known if one.agreement["id"] == agreement)
        return patient and self._chance.random() < 0.95

    async def _approve(self) -> Outcome:
        """By one of few persons, some of them with two accounts."""
        if (payment := await self._payment("invoiced")) is None:
            return "nothing-there"
        person, account = f"p-{self._chance.randrange(5)}", f"account-{self._chance.randrange(9)}"
        role = self._chance.choice(["purchaser", "treasury"])
        approver = self._stage.as_(role, person=person, org=PURCHASER, sub=account)
        return await approver.post(f"/payments/{payment['id']}/approvals")

    async def _transfer(self) -> Outcome:
        if (payment := await self._payment("approved")) is None:
            return "nothing-there"
        cashier = self._stage.as_("treasury", person="cashier")
        return await cashier.post(f"/payments/{payment['id']}/transfer", {"reference": "zf"})

    async def _be_late(self) -> Outcome:
        """Evaluation tells that it is late: part of the balance falls due before the result."""
        agreement = self._one().agreement["id"]
        commission = new_id()
        data = {"id": commission, "agreement_id": agreement}
        await self._stage.hear("evaluation.commission.overdue.v1", commission, data)
        return "heard"

    async def _recover(self) -> Outcome:
        """Mostly what is claimed, all or part of it; now and then any payment is tried."""
        for known in self._chance.sample(self._known, 6):
            found = (await self._read(known.path))["payments"]
            claimed = [p for p in found if p["claimed_amount"] > p["recovered_amount"]]
            if claimed or (found and self._chance.random() < 0.1):
                break
        else:
            return "nothing-there"
        payment = self._chance.choice(claimed or found)
        most = self._chance.choice([payment["claimed_amount"] or 2_000_000, 2_000_000])
        body = {"amount": self._chance.randint(1, most), "reference": "th"}
        cashier = self._stage.as_("treasury", person="cashier")
        return await cashier.post(f"/payments/{payment['id']}/recovery", body)

    async def _seal(self) -> Outcome:
        """Evaluation seals a result, mostly after a while, or corrects it; sometimes an older
        version comes late. Whose provider is patient has mostly little at first."""
        known = self._one()
        if known.versions == 0 and self._chance.random() < (0.9 if known.patient else 0.7):
            return "nothing-there"
        first_of_patient = known.patient and known.versions == 0
        share = self._chance.choice(LITTLE if first_of_patient else SHARES)
        known.versions += 1
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
        return "heard"

    async def _accept(self) -> Answer:
        person = f"p-{self._chance.randrange(8)}"
        outcome = self._chance.choice(["accepted", "accepted", "refused"])
        known = self._one()
        official = self._stage.as_("official", person=person)
        return await official.post(f"{known.path}/acceptance", findings(outcome=outcome))

    async def _let_time_pass(self) -> Outcome:
        if self._chance.random() < 0.8:
            return "nothing-there"
        await self._stage.move_to(end_of(legal_day(await self._stage.now())))
        return "heard"
