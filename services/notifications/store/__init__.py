"""Every SQL statement of notifications, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal
from services.notifications.domain.templates import TemplateVersionTaken

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_template_has_a_version_once": TemplateVersionTaken,
}
"""Two who renew a template at once: the second reads it again."""
