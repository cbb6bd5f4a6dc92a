"""Templates: a city's own words for its reminders."""

from typing import Final

from libs.common.contract import Day, Text, Token, answer, body
from libs.common.db import Tx
from libs.common.http import Call, Routes
from services.notifications.domain.templates import Template
from services.notifications.store import templates as store

routes: Final = Routes()


@body
class NewTexts:
    """The texts from a day to come; words in braces such as {title} and {until} are filled in."""

    zh: Text
    en: Text
    effective_from: Day


@answer
class Templates:
    """All templates in all their versions."""

    templates: list[Template]


@routes.get("/templates", scope="notifications:template")
async def list_templates(tx: Tx, call: Call) -> Templates:
    """Which event tells whom what."""
    return Templates(templates=await store.list_templates(tx))


@routes.post("/templates/{code}/versions", scope="notifications:template", status=201)
async def renew_template(tx: Tx, call: Call, code: Token, body: NewTexts) -> Template:
    """Make the next version of a template's texts; messages told so far keep theirs."""
    template = await store.get_latest_template(tx, code)
    call.expect(template)
    renewed = template.renew(body.zh, body.en, body.effective_from, tx.today)
    await store.add_template(tx, renewed)
    return renewed
