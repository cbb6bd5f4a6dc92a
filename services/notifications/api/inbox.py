"""Inboxes: what concerns the caller as a person, for an organisation, or in an office."""

from typing import Final
from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.pages import Page, PageRequest, page
from services.notifications.domain.reminders import OVERDUE
from services.notifications.store import messages as store
from services.notifications.store import receipts
from services.notifications.store.messages import InboxItem
from services.notifications.store.receipts import Unacknowledged

routes: Final = Routes()
AT_A_GLANCE: Final = 100


@answer
class Inbox:
    """The messages that matter now: the unread first, the newest of them at the top."""

    unread: int
    """How many are unread, also of those that are not shown here."""
    messages: list[InboxItem]


@routes.get("/inbox", scope="notifications:inbox")
async def read_inbox(tx: Tx, call: Call) -> Inbox:
    """The caller's messages at a glance, at most a hundred, in the language of Accept-Language."""
    found = await store.list_inbox(tx, call.caller, call.rows, call.language, AT_A_GLANCE)
    return Inbox(unread=await receipts.count_unread(tx, call.caller, call.rows), messages=found)


@routes.get("/messages", scope="notifications:inbox")
async def list_messages(tx: Tx, call: Call, page_request: PageRequest) -> Page[InboxItem]:
    """All messages of the caller in the order they were told."""
    found = await store.list_messages(tx, call.caller, call.rows, call.language, page_request)
    return await page(tx, page_request, found)


@routes.post("/messages/{message_id}/reading", scope="notifications:inbox")
async def read_message(tx: Tx, call: Call, message_id: UUID) -> InboxItem:
    """Mark a message as read by this person; whoever shares the inbox still finds it unread."""
    await store.get_message(tx, message_id, call.caller, call.rows, call.language)
    await store.add_reading(tx, message_id, call.person)
    return await store.get_message(tx, message_id, call.caller, call.rows, call.language)


@routes.post("/messages/{message_id}/acknowledgement", scope="notifications:inbox")
async def acknowledge_message(tx: Tx, call: Call, message_id: UUID) -> InboxItem:
    """Say that one sees to it: what is overdue is then no longer listed as unacknowledged."""
    await store.get_message(tx, message_id, call.caller, call.rows, call.language)
    await receipts.add_acknowledgement(tx, message_id, call.person)
    return await store.get_message(tx, message_id, call.caller, call.rows, call.language)


@routes.get("/unacknowledged", scope="notifications:oversee")
async def list_unacknowledged(
    tx: Tx, call: Call, page_request: PageRequest
) -> Page[Unacknowledged]:
    """What is overdue in the caller's divisions, not done, acknowledged by nobody told."""
    found = await receipts.list_unacknowledged(tx, OVERDUE, call.rows, call.language, page_request)
    return await page(tx, page_request, found)
