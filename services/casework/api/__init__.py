"""What casework answers, one noun a file."""

from typing import Final

from services.casework.api import consents, invitations, readings, recipients, resealing

ROUTES: Final = (
    recipients.routes,
    consents.routes,
    invitations.routes,
    readings.routes,
    resealing.routes,
)
