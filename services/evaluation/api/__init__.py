"""What evaluation answers, one noun a file."""

from typing import Final

from services.evaluation.api import (
    commissions,
    inspections,
    policies,
    rectifications,
    results,
    reviews,
    scores,
    standings,
    visits,
)

ROUTES: Final = (
    policies.routes,
    inspections.routes,
    rectifications.routes,
    commissions.routes,
    visits.routes,
    scores.routes,
    results.routes,
    reviews.routes,
    standings.routes,
)
