"""Every SQL statement of procurement, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal, SecondPersonRequired
from services.procurement.domain.acceptances import AgreementAcceptedAlready
from services.procurement.domain.agreements import AgreementEnded, AwardAgreedAlready
from services.procurement.domain.amendments import AmendmentOpenAlready
from services.procurement.domain.bids import BidDiffers
from services.procurement.domain.breaches import BreachRecordedAlready
from services.procurement.domain.budgets import BudgetExceeded
from services.procurement.domain.challenges import ChallengeRaisedAlready
from services.procurement.domain.comparisons import (
    ComparisonConfirmedAlready,
    LineNamedAlready,
    LineSettledAlready,
    PaymentsStandStill,
)
from services.procurement.domain.complaints import ComplaintLodgedAlready
from services.procurement.domain.payments import InvoiceHandedInAlready, PaymentNotApproved
from services.procurement.domain.policies import PolicyNotLater
from services.procurement.domain.scores import BidScoredAlready
from services.procurement.domain.signatures import PartyHasSigned
from services.procurement.domain.tenders import ProposalTenderedAlready

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_second_person_approves_a_budget": SecondPersonRequired,
    "no_more_is_committed_than_there_is": BudgetExceeded,
    "a_policy_starts_once_a_day": PolicyNotLater,
    "a_policy_has_one_row_a_version": PolicyNotLater,
    "a_proposal_has_one_standing_tender": ProposalTenderedAlready,
    "a_bid_is_received_once": BidDiffers,
    "a_step_is_challenged_once": ChallengeRaisedAlready,
    "a_challenge_leads_to_one_complaint": ComplaintLodgedAlready,
    "a_member_scores_a_bid_once": BidScoredAlready,
    "nothing_is_paid_that_is_not_committed": BudgetExceeded,
    "an_agreement_policy_starts_once_a_day": PolicyNotLater,
    "an_award_leads_to_one_agreement": AwardAgreedAlready,
    "an_agreement_has_one_open_amendment": AmendmentOpenAlready,
    "a_party_signs_once": PartyHasSigned,
    "a_person_signs_for_one_party": SecondPersonRequired,
    "sealed_paper_is_attested_by_two_others": SecondPersonRequired,
    "an_invoice_is_handed_in_once": InvoiceHandedInAlready,
    "three_different_persons_approve": SecondPersonRequired,
    "a_payment_is_paid_once": PaymentNotApproved,
    "an_agreement_is_accepted_once": AgreementAcceptedAlready,
    "two_persons_end_an_agreement": SecondPersonRequired,
    "an_agreement_is_settled_once": AgreementEnded,
    "nothing_is_paid_before_the_comparison": PaymentsStandStill,
    "a_second_person_confirms_a_comparison": SecondPersonRequired,
    "a_confirmed_comparison_says_by_whom_and_when": ComparisonConfirmedAlready,
    "a_line_is_named_once": LineNamedAlready,
    "a_payment_is_recorded_from_one_line": LineNamedAlready,
    "a_line_is_recorded_or_dismissed": LineSettledAlready,
    "a_second_person_dismisses_a_line": SecondPersonRequired,
    "a_breach_is_recorded_once": BreachRecordedAlready,
    "a_second_person_decides_a_breach": SecondPersonRequired,
}
