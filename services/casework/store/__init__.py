"""Every SQL statement of casework, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal
from services.casework.domain.consents import ConsentStandsAlready

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_purpose_has_one_standing_consent": ConsentStandsAlready,
}
