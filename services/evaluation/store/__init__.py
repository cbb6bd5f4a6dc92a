"""Every SQL statement of evaluation, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal
from services.evaluation.domain.policies import PolicyVersionTaken
from services.evaluation.domain.reviews import CorrectionAlreadyOpen, ReviewAlreadyOpen
from services.evaluation.domain.scores import AlreadyMarked

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_policy_version_is_made_once": PolicyVersionTaken,
    "a_scorer_marks_an_indicator_once": AlreadyMarked,
    "an_indicator_has_one_open_review": ReviewAlreadyOpen,
    "a_result_has_one_open_correction": CorrectionAlreadyOpen,
}
