"""Templates in the database, by version and first day."""

from datetime import date

from libs.common.db import Tx
from libs.common.errors import NotFound
from services.notifications.domain.templates import Template


async def list_templates(tx: Tx) -> list[Template]:
    """Every version of every template."""
    return await tx.all(
        Template,
        """
          SELECT code, version, event_type, recipient, role, zh, en, effective_from
            FROM templates
        ORDER BY code, version
        """,
    )


async def list_templates_for(tx: Tx, event_type: str, day: date) -> list[Template]:
    """The version in effect on that day of each template for that type of event."""
    return await tx.all(
        Template,
        """
          SELECT DISTINCT ON (code)
                 code, version, event_type, recipient, role, zh, en, effective_from
            FROM templates
           WHERE event_type = $1
             AND effective_from <= $2
        ORDER BY code, effective_from DESC, version DESC
        """,
        event_type,
        day,
    )


async def get_latest_template(tx: Tx, code: str) -> Template:
    """The newest version, which the next one follows."""
    template = await tx.find(
        Template,
        """
          SELECT code, version, event_type, recipient, role, zh, en, effective_from
            FROM templates
           WHERE code = $1
        ORDER BY version DESC
           LIMIT 1
        """,
        code,
    )
    if template is None:
        raise NotFound("template")
    return template


async def add_template(tx: Tx, template: Template) -> None:
    await tx.do(
        """
        INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        template.code,
        template.version,
        template.event_type,
        template.recipient,
        template.role,
        template.zh,
        template.en,
        template.effective_from,
    )
