"""Inboxes: what concerns the caller as a person, for an organisation, or in an office."""

from typing import Final
from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.pages import Page, PageRequest, page
from services.notifications.store import messages as store
from services.notifications.store.messages import InboxItem

routes: Final = Routes()
AT_A_GLANCE: Final = 100


@answer
class Inbox:
    """The messages that matter now: the unread first, the newest of them at the top."""

    unread: int
    """How many of these are unread."""
    messages: list[InboxItem]


@routes.get("/inbox", scope="notifications:inbox")
async def read_inbox(tx: Tx, call: Call) -> Inbox:
    """The caller's messages at a glance, at most a hundred, in the language of Accept-Language."""
    found = await store.list_inbox(tx, call.caller, call.rows, call.language, AT_A_GLANCE)
    return Inbox(unread=sum(item.read_at is None for item in found), messages=found)


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
