"""Samples (随机抽样): a seed committed before the frame closes orders it; anyone can recompute."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict
from libs.common.money import WHOLE
from services.evaluation.domain.policies import SampleRule

VisitRule = Literal["ordinary", "special"]


class FrameOpen(Conflict):
    """The frame is still open; draw after the last day of the agreement has ended."""

    zh = "抽样框尚未封闭，请在协议期满之后抽取。"


class SampleDrawn(Conflict):
    """The sample has been drawn already; go on with its visits."""

    zh = "样本已经抽取，请继续安排走访。"


class SampleExhausted(Conflict):
    """Everybody in the frame has been drawn already; go on with the answers there are."""

    zh = "抽样框内人员已全部抽取，请以现有答复继续。"


@answer
class Served:
    """Somebody who was served under the agreement, as casework knows them; None: not at all."""

    recipient_ref: str
    status: str | None
    visit_rule: VisitRule | None
    withdrawn: bool = False
    """Whether the consent to be served, or to be visited, was withdrawn and not given anew."""


@answer
class Sample:
    """The frame, and who was drawn from it in which order.

    To recompute: sort `frame` and take the first by SHA-256(seed ‖ reference); `frame_digest`
    is SHA-256 of the sorted references joined by line feeds.
    """

    id: UUID
    version: int
    seed: str
    seed_commitment: str
    frame: tuple[str, ...]
    frame_size: int
    frame_digest: str
    drawn: tuple[str, ...]
    left_out_closed: int
    left_out_special: int
    left_out_unknown: int
    left_out_withdrawn: int
    drawn_at: datetime | None

    def draw(self, served: Sequence[Served], rule: SampleRule, now: datetime) -> "Sample":
        """Freeze the frame and draw: who may not be visited is only counted."""
        if self.drawn_at is not None:
            raise SampleDrawn
        frame = frame_of(served)
        return changed(
            self,
            frame=frame,
            frame_size=len(frame),
            frame_digest=digest_of(frame),
            drawn=in_order(self.seed, frame)[: size_of_draw(len(frame), rule)],
            left_out_closed=sum(one.status == "closed" for one in served),
            left_out_special=sum(
                one.status == "open" and one.visit_rule == "special" for one in served
            ),
            left_out_unknown=sum(one.status is None for one in served),
            left_out_withdrawn=sum(
                one.status == "open" and one.visit_rule == "ordinary" and one.withdrawn
                for one in served
            ),
            drawn_at=now,
        )

    def draw_further(self, count: int) -> "Sample":
        """The next ones of the same order."""
        drawn = in_order(self.seed, self.frame)[: len(self.drawn) + count]
        if len(drawn) == len(self.drawn):
            raise SampleExhausted
        return changed(self, drawn=drawn)


def seeded(new_id: UUID, seed: bytes) -> Sample:
    """A sample of which only the seed is decided, and the commitment to it can be published."""
    return Sample(
        id=new_id,
        version=1,
        seed=seed.hex(),
        seed_commitment=hashlib.sha256(seed).hexdigest(),
        frame=(),
        frame_size=0,
        frame_digest=digest_of(()),
        drawn=(),
        left_out_closed=0,
        left_out_special=0,
        left_out_unknown=0,
        left_out_withdrawn=0,
        drawn_at=None,
    )


def frame_of(served: Iterable[Served]) -> tuple[str, ...]:
    """Who may be drawn: each reference once, sorted."""
    allowed = {
        one.recipient_ref
        for one in served
        if one.status == "open" and one.visit_rule == "ordinary" and not one.withdrawn
    }
    return tuple(sorted(allowed))


def digest_of(frame: Sequence[str]) -> str:
    """SHA-256 of the references joined by line feeds."""
    return hashlib.sha256("\n".join(frame).encode()).hexdigest()


def in_order(seed: str, frame: Iterable[str]) -> tuple[str, ...]:
    """The frame in the order that the seed gives it: by SHA-256(seed ‖ reference)."""
    start = bytes.fromhex(seed)
    return tuple(sorted(frame, key=lambda ref: hashlib.sha256(start + ref.encode()).digest()))


def size_of_draw(frame_size: int, rule: SampleRule) -> int:
    """The policy's share of the frame, rounded up, within its bounds and the frame."""
    wanted = -(-rule.share_bp * frame_size // WHOLE)
    return min(max(wanted, rule.at_least), rule.at_most, frame_size)
