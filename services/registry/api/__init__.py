"""What the registry answers, one noun a file."""

from typing import Final

from services.registry.api import (
    calendar,
    certificates,
    coverage,
    divisions,
    employments,
    experts,
    organisations,
    policies,
    postings,
    stations,
    ties,
    workers,
)

ROUTES: Final = (
    divisions.routes,
    organisations.routes,
    workers.routes,
    certificates.routes,
    employments.routes,
    stations.routes,
    postings.routes,
    coverage.routes,
    experts.routes,
    ties.routes,
    calendar.routes,
    policies.routes,
)
