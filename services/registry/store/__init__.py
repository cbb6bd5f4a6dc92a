"""Every SQL statement of the registry, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal, Stale
from services.registry.domain.divisions import DivisionCodeTaken
from services.registry.domain.experts import ExpertAlreadyAdmitted
from services.registry.domain.organisations import FilingNumberTaken, UsccTaken
from services.registry.domain.postings import AlreadyPosted
from services.registry.domain.registrations import RegistrationStanding
from services.registry.domain.ties import TieAlreadyDeclared
from services.registry.domain.workers import (
    AlreadyEmployed,
    AlreadyEmployedHere,
    CertificateNumberTaken,
    FileNumberTaken,
)

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_social_credit_code_belongs_to_one_organisation": UsccTaken,
    "a_filing_number_is_unique_in_a_division": FilingNumberTaken,
    "a_division_code_is_given_once": DivisionCodeTaken,
    "a_file_number_is_of_one_worker": FileNumberTaken,
    "a_certificate_number_is_given_once": CertificateNumberTaken,
    "a_worker_has_one_full_time_employer_at_a_time": AlreadyEmployed,
    "a_worker_is_employed_once_at_a_time_by_an_organisation": AlreadyEmployedHere,
    "a_worker_has_one_registration_at_a_time": RegistrationStanding,
    "a_worker_is_posted_once_at_a_time_to_a_community": AlreadyPosted,
    "a_person_is_in_the_pool_once": ExpertAlreadyAdmitted,
    "a_tie_is_declared_once": TieAlreadyDeclared,
    "a_calendar_day_is_entered_once": Stale,
    "a_version_of_the_coverage_policy_is_written_once": Stale,
    "a_version_of_the_registration_policy_is_written_once": Stale,
    "a_version_of_the_station_policy_is_written_once": Stale,
}
