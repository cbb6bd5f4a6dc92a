"""What an agreement says: outputs, prices, payment terms, bands, clauses, and the hash over all."""

import hashlib
import json
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import (
    BasisPoints,
    Count,
    Fen,
    Name,
    Text,
    Token,
    answer,
    body,
    plain,
)
from libs.common.errors import Fault, Invalid
from libs.common.money import WHOLE, yuan
from services.procurement.domain.criteria import OutputKind
from services.procurement.domain.sentences import (
    BEFORE_FROM_DAY,
    COVER,
    DEDUCTION_TWICE,
    EMPTY,
    KINDS,
    MONOTONE,
    OFF_AMOUNT,
    OUTSIDE_HOST,
    SHARES,
    TERM_TOO_LONG,
)

PaymentKind = Literal["startup", "balance"]
"""启动款 and 余款."""
BandName = Literal["excellent", "good", "pass", "fail"]
Observation = Literal["every", "by-risk", "share"]

WORST_FIRST: Final[tuple[BandName, ...]] = ("fail", "pass", "good", "excellent")


class TermTooLong(Invalid):
    """The term is longer than the legal profile allows (财政部令第102号第二十四条)."""

    zh = "协议期限超过所适用规定允许的最长期限（财政部令第102号第二十四条）。"


class TermEndsBeforeItBegins(Invalid):
    """The last day lies before the first."""

    zh = "协议的截止日早于起始日。"


class SiteOutsideHost(Invalid):
    """The community of the site does not belong to the town or subdistrict of the host."""

    zh = "落地社区不属于该乡镇（街道）。"


class PaymentSharesIncomplete(Invalid):
    """The payment terms name each kind once and their shares sum to 10 000 basis points."""

    zh = "付款条款每种款项只能出现一次，比例合计必须为 10000 个基点。"


class PriceLinesOffAmount(Invalid):
    """The price lines sum to the awarded price, to the fen."""

    zh = "价格明细合计必须与成交金额一致，精确到分。"


class OutputEmpty(Invalid):
    """An output of nothing buys nothing; its quantity is at least one."""

    zh = "服务产出的数量至少为一。"


class DeductionTwice(Invalid):
    """The table of deductions names each breach once."""

    zh = "扣款表中每种违约情形只能出现一次。"


class BandsIncomplete(Invalid):
    """The bands cover every score from 0 upwards, and a better score never pays less."""

    zh = "等级表须从 0 分起覆盖全部分数，且分数较高者付款比例不得更低。"


@body
class OutputTerm:
    """One kind of service that is bought: how many, and for how many persons at least."""

    kind: OutputKind
    title: Name
    quantity: Count
    minimum_persons: Count


@answer
class Output:
    """An output under its id: activities and workplans refer to it."""

    id: UUID
    kind: OutputKind
    title: str
    quantity: int
    minimum_persons: int


@body
class PriceLine:
    """One line of the price, in fen."""

    line: Name
    amount: Fen


@body
class PaymentTerm:
    """Which share of the amount falls due as what."""

    kind: PaymentKind
    share_bp: BasisPoints


@body
class Band:
    """From this score on (basis points of 100) this share of the balance is paid."""

    band: BandName
    from_score_bp: BasisPoints
    balance_share_bp: BasisPoints


@body
class Deduction:
    """What a breach costs each time, in basis points of the amount."""

    code: Token
    title: Name
    share_bp: BasisPoints


@answer
class Clauses:
    """The agreement's clauses in words."""

    acceptance_standard: Text
    premises_owed: Text
    confidentiality: Text
    photos_clause: Text
    safety_insurance: Text
    leftover_money: Text
    handover: Text
    change_clause: Text
    termination_clause: Text
    disputes: Text


@answer
class Terms:
    """What a purchaser drafts on an award."""

    host_division: str
    site_division: str
    from_day: date
    to_day: date
    lead_worker_id: UUID
    certified_share_bp: int
    replacement_days: int
    observation: Observation
    outputs: tuple[Output, ...]
    price_lines: tuple[PriceLine, ...]
    payment_terms: tuple[PaymentTerm, ...]
    bands: tuple[Band, ...]
    deductions: tuple[Deduction, ...]
    clauses: Clauses

    def check(self, amount: int, longest_years: int) -> None:
        """Refuse what the law, the policy or arithmetic forbids."""
        check_term(self.from_day, self.to_day, longest_years)
        check_site(self.host_division, self.site_division)
        check_outputs(self.outputs)
        check_price_lines(self.price_lines, amount)
        check_payment_terms(self.payment_terms)
        check_bands(self.bands)
        check_deductions(self.deductions)


@answer
class Content(Terms):
    """Everything the parties put their seal under."""

    agreement_id: UUID
    tender_id: UUID
    title: str
    profile: str
    purchaser_id: UUID
    provider_id: UUID
    amount: int


def canonical(value: object) -> bytes:
    """The one way to write a value as bytes: sorted keys, no spaces, UTF-8."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def hash_of(content: Content) -> str:
    """SHA-256 over the canonical JSON of the content, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def check_term(from_day: date, to_day: date, longest_years: int) -> None:
    """Refuse a term that ends before it begins or lasts longer than those years."""
    if to_day < from_day:
        raise TermEndsBeforeItBegins(Fault("/to_day", BEFORE_FROM_DAY, from_day=from_day))
    after = _anniversary(from_day, longest_years)
    if to_day >= after:
        last = after - timedelta(days=1)
        raise TermTooLong(Fault("/to_day", TERM_TOO_LONG, years=longest_years, last=last))


def check_site(host_division: str, site_division: str) -> None:
    """Refuse a site outside the host: the first nine digits of a code name the town."""
    if site_division[:9] != host_division[:9] or site_division == host_division:
        raise SiteOutsideHost(Fault("/site_division", OUTSIDE_HOST, host=host_division))


def check_outputs(outputs: tuple[Output, ...]) -> None:
    """Refuse an output of nothing, naming each."""
    empty = [n for n, output in enumerate(outputs) if output.quantity < 1]
    if empty:
        raise OutputEmpty(*(Fault(f"/outputs/{n}/quantity", EMPTY) for n in empty))


def check_price_lines(lines: tuple[PriceLine, ...], amount: int) -> None:
    """Refuse price lines that do not sum to the amount."""
    total = sum(line.amount for line in lines)
    if total != amount:
        raise PriceLinesOffAmount(
            Fault("/price_lines", OFF_AMOUNT, total=f"¥{yuan(total)}", amount=f"¥{yuan(amount)}")
        )


def check_payment_terms(terms: tuple[PaymentTerm, ...]) -> None:
    """Refuse shares that are not the whole, and a kind that is named twice."""
    kinds = [term.kind for term in terms]
    shares = [term.share_bp for term in terms]
    total = sum(shares)
    if len(set(kinds)) < len(kinds) or "balance" not in kinds or 0 in shares:
        raise PaymentSharesIncomplete(Fault("/payment_terms", KINDS))
    if total != WHOLE:
        raise PaymentSharesIncomplete(Fault("/payment_terms", SHARES, whole=WHOLE, total=total))


def check_bands(bands: tuple[Band, ...]) -> None:
    """Refuse a table with a gap below, a band twice, or a better score that pays less."""
    rising = sorted(bands, key=lambda band: band.from_score_bp)
    shares = [band.balance_share_bp for band in rising]
    ranks = [WORST_FIRST.index(band.band) for band in rising]
    starts = {band.from_score_bp for band in bands}
    if rising[0].from_score_bp != 0 or len(starts) < len(bands):
        raise BandsIncomplete(Fault("/bands", COVER))
    if ranks != sorted(set(ranks)) or shares != sorted(shares):
        raise BandsIncomplete(Fault("/bands", MONOTONE))


def check_deductions(table: tuple[Deduction, ...]) -> None:
    """Refuse a breach that costs this or that."""
    if len({row.code for row in table}) < len(table):
        raise DeductionTwice(Fault("/deductions", DEDUCTION_TWICE))


def _anniversary(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
