"""The parts without I/O: ids, money, days, envelopes, cursors."""

import base64
import json
import logging
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from libs.common import clock, contract, ids, log, money, pages
from libs.common.envelope import Envelope, EventTooLarge, Unreadable, decode, encode
from libs.common.errors import Conflict, Invalid, kebab


def test_ids_sort_by_time_and_carry_it() -> None:
    """UUIDv7: later ids are larger, also within a millisecond, and tell when they were made."""
    made = [ids.new_id() for _ in range(10_000)]

    assert sorted(made) == made
    assert made[0].version == 7
    assert abs((ids.made_at(made[0]) - clock.wall()).total_seconds()) < 60


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_a_split_loses_no_fen(amount: int, cuts: list[int]) -> None:
    """Whatever the shares, the parts sum to the amount."""
    edges = [0, *sorted(cuts), 10_000]
    shares = [high - low for low, high in pairwise(edges)]

    assert amount == sum(money.split(amount, shares))


def test_shares_must_sum() -> None:
    """Shares that do not sum to 10 000 are a mistake of the caller."""
    with pytest.raises(ValueError, match="10 000"):
        money.split(100, [7000, 2999])


def test_yuan_for_people() -> None:
    """Fen as people read them."""
    assert money.yuan(8_000_000) == "80,000.00"
    assert money.yuan(-5) == "-0.05"


def test_legal_days_are_chinese_days() -> None:
    """A day begins at 16:00 UTC of the day before."""
    assert date(2025, 1, 2) == clock.legal_day(datetime(2025, 1, 1, 16, tzinfo=UTC))
    assert date(2025, 1, 1) == clock.legal_day(datetime(2025, 1, 1, 15, 59, tzinfo=UTC))
    assert datetime(2025, 1, 1, 16, tzinfo=UTC) == clock.end_of(date(2025, 1, 1))


def test_working_days_skip_holidays_and_count_make_up_days() -> None:
    """Five working days over a holiday with a make-up Sunday (调休)."""
    exceptions = {date(2025, 5, 1): False, date(2025, 5, 2): False, date(2025, 4, 27): True}

    assert date(2025, 4, 30) == clock.add_working_days(date(2025, 4, 25), 4, exceptions)
    assert date(2025, 5, 6) == clock.add_working_days(date(2025, 4, 25), 6, exceptions)


@contract.body
class Planned:
    """A body with a day and a moment."""

    day: contract.Day
    at: contract.Instant


@pytest.mark.parametrize(
    ("day", "at"),
    [
        ("0001-01-01", "0001-01-01T00:00:00+14:00"),
        ("9999-12-31", "9999-12-31T23:59:59-12:00"),
        ("2200-01-01", "2200-01-01T00:00:00Z"),
    ],
)
def test_days_that_nobody_reckons_with_are_refused(day: str, at: str) -> None:
    """A deadline after an accepted day, in any zone, is still a date: all others are named."""
    with pytest.raises(Invalid) as refused:
        contract.parse(Planned, f'{{"day": "{day}", "at": "{at}"}}'.encode())

    assert [fault.pointer for fault in refused.value.faults] == ["/day", "/at"]


def test_every_accepted_day_has_an_end_and_a_beginning() -> None:
    """The bounds leave room for the zone and for the longest period of a policy."""
    raw = b'{"day": "2199-12-31", "at": "1900-01-01T00:00:00Z"}'
    planned = contract.parse(Planned, raw)

    assert planned.day < clock.end_of(planned.day + timedelta(days=3_660)).date()
    assert date(1900, 1, 1) == clock.legal_day(planned.at)


def envelope(data: object) -> Envelope:
    return Envelope(
        id=ids.new_id(),
        type="echo.thing.made.v1",
        source="urn:sanshe:510181000000:echo",
        subject="s",
        time=datetime(2025, 1, 1, tzinfo=UTC),
        sequence=7,
        epoch=1,
        division="510181000000",
        correlation=ids.new_id(),
        causation="",
        actor="p-1",
        rehearsal=True,
        data=data,
    )


@given(st.dictionaries(st.text(max_size=20), st.integers() | st.booleans(), max_size=5))
def test_an_envelope_survives_the_wire(data: dict[str, object]) -> None:
    """Decoding what was encoded gives the same event, and the same bytes again."""
    one = envelope(data)
    raw = encode(one)
    if "\x00" in str(sorted(data)) or b"\\u" in raw:
        return

    assert one == decode(raw)
    assert raw == encode(decode(raw))


def test_a_sequence_sorts_as_text() -> None:
    """`sequence` travels as 19 digits."""
    assert b'"sequence":"0000000000000000007"' in encode(envelope({}))


def test_a_large_event_is_not_told() -> None:
    """CloudEvents asks everybody to forward 64 KiB, and no more."""
    with pytest.raises(EventTooLarge):
        encode(envelope({"text": "x" * 70_000}))


def test_an_instant_needs_its_offset() -> None:
    """A local time is nobody's time."""
    raw = encode(envelope({})).replace(b"2025-01-01T00:00:00Z", b"2025-01-01T00:00:00")

    with pytest.raises(Unreadable):
        decode(raw)


def test_a_refusal_is_its_class() -> None:
    """The class name is the code and the docstring is the sentence."""

    class RoomTaken(Conflict):
        """This room is taken
        at that time."""

        zh = "该时段房间已被占用。"

    assert RoomTaken().code == "room-taken"
    assert RoomTaken().text("en") == "This room is taken at that time."
    assert RoomTaken().text("zh") == "该时段房间已被占用。"
    assert kebab("SecondPersonRequired") == "second-person-required"


def test_unreadable_requests_are_not_quoted_in_the_log() -> None:
    """The HTTP library would write their first bytes, which may name a person."""
    before = structlog.get_config()
    try:
        log.configure("info")
    finally:
        structlog.configure(**before)

    assert not logging.getLogger("aiohttp.server").isEnabledFor(logging.ERROR)


@pytest.mark.parametrize("after", ["\ud800", "a\x00b", 7])
def test_a_cursor_names_what_a_database_can_look_for(after: object) -> None:
    """A list that is ordered by text would hand it on as it is."""
    raw = json.dumps([after, "2025-01-01T00:00:00+00:00"]).encode()

    with pytest.raises(Invalid):
        pages.read_request({"cursor": base64.urlsafe_b64encode(raw).decode()}, delta=False)
