"""What procurement answers, one noun a file."""

from typing import Final

from services.procurement.api import (
    acceptances,
    agreement_policies,
    agreements,
    amendments,
    bids,
    breaches,
    budgets,
    calls,
    challenges,
    comparisons,
    complaints,
    needs,
    panels,
    payments,
    policies,
    reviews,
    signatures,
    tenders,
    terminations,
)

ROUTES: Final = (
    needs.routes,
    calls.routes,
    budgets.routes,
    policies.routes,
    tenders.routes,
    bids.routes,
    panels.routes,
    reviews.routes,
    challenges.routes,
    complaints.routes,
    agreement_policies.routes,
    agreements.routes,
    signatures.routes,
    amendments.routes,
    breaches.routes,
    payments.routes,
    comparisons.routes,
    acceptances.routes,
    terminations.routes,
)
