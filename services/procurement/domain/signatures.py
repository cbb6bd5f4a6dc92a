"""Signatures: an e-seal, or sealed paper that is scanned and attested by two others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Forbidden, Invalid, SecondPersonRequired
from services.procurement.domain.agreement_policies import Party
from services.procurement.domain.sentences import FORM_AND_PROOF_DIFFER

Form = Literal["e-seal", "paper"]


class ContentHashDiffers(Conflict):
    """This is not the hash of the content to be signed; read it again before you sign."""

    zh = "签署的内容摘要与待签内容不一致，请重新读取后再签署。"


class PartyHasSigned(Conflict):
    """This party has signed already; the other parties go on."""

    zh = "该方已签署，请由其他各方继续签署。"


class SealMissing(Invalid):
    """An e-seal names its seal; paper names its scan and the first of two who attest it."""

    zh = "电子签章须填写印章信息；纸质签署须提供扫描件及第一见证人。"


class SignatureNotToAttest(Conflict):
    """Only a signature on paper that waits for its second witness can be attested; there is nothing
    to do here."""

    zh = "只有等待第二见证人的纸质签署才需见证，此签署无需办理。"


class Signable(Protocol):
    """An agreement, or an amendment of one: what is signed under the hash of its content."""

    @property
    def content_hash(self) -> str: ...

    def check_open(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One party's signature under one content hash; on paper it counts when two have attested.

    Without an amendment it is under the agreement itself.
    """

    id: UUID
    version: int
    agreement_id: UUID
    amendment_id: UUID | None
    party: Party
    person: str
    form: Form
    content_hash: str
    seal: str | None
    scan_sha256: str | None
    first_witness: str | None
    second_witness: str | None
    valid: bool
    signed_at: datetime

    def attest(self, person: str) -> "Signature":
        """The second witness has compared the scan with the paper: it counts from now on."""
        if self.valid:
            raise SignatureNotToAttest
        if person in (self.person, self.first_witness):
            raise SecondPersonRequired
        return changed(self, second_witness=person, valid=True)


def choose_party(open_to: Sequence[Party], required: Collection[Party]) -> Party:
    """The party that a caller signs for: the first that the policy asks for."""
    for party in open_to:
        if party in required:
            return party
    raise Forbidden


def sign(document: Signable, signature: Signature, others: Sequence[Signature]) -> Signature:
    """The signature, if it is under this content and its party has not signed yet."""
    document.check_open()
    if signature.content_hash != document.content_hash:
        raise ContentHashDiffers
    if any(other.party == signature.party for other in others):
        raise PartyHasSigned
    if any(other.person == signature.person for other in others):
        raise SecondPersonRequired
    if signature.first_witness == signature.person:
        raise SecondPersonRequired
    return signature


def check_seal(
    form: Form, seal: str | None, scan_sha256: str | None, attested_by: str | None
) -> None:
    """Refuse a form without its proof, or with the other form's, naming each field."""
    electronic = form == "e-seal"
    given = {"seal": seal, "scan_sha256": scan_sha256, "attested_by": attested_by}
    faults = [
        Fault(f"/{name}", FORM_AND_PROOF_DIFFER, form=form)
        for name, value in given.items()
        if (value is not None) != (electronic == (name == "seal"))
    ]
    if faults:
        raise SealMissing(*faults)


def is_complete(required: Collection[Party], signatures: Sequence[Signature]) -> bool:
    """Whether every party that the policy asks for has a signature that counts."""
    return set(required) <= {one.party for one in signatures if one.valid}
