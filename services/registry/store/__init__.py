"""Every SQL statement of the registry, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal
from services.registry.domain.organisations import UsccTaken

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_social_credit_code_belongs_to_one_organisation": UsccTaken,
}
