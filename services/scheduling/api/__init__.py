"""What scheduling answers, one noun a file."""

from typing import Final

from services.scheduling.api import (
    activities,
    assignments,
    attendance,
    evidence,
    observations,
    policies,
    reports,
    series,
    workplans,
)

ROUTES: Final = (
    workplans.routes,
    activities.routes,
    series.routes,
    assignments.routes,
    observations.routes,
    attendance.routes,
    evidence.routes,
    reports.routes,
    policies.routes,
)
