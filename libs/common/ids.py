"""UUIDv7 (RFC 9562): ids that sort by the millisecond they were made in."""

import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = (0, 0)


def new_id() -> UUID:
    """A fresh UUIDv7; later calls in this process sort later, also within a millisecond."""
    global _last
    with _lock:
        millisecond, counter = time.time_ns() // 1_000_000, secrets.randbits(11)
        if millisecond <= _last[0]:
            millisecond, counter = _last[0], _last[1] + 1
            if counter >= 1 << 12:
                millisecond, counter = millisecond + 1, secrets.randbits(11)
        _last = (millisecond, counter)
    return UUID(
        int=millisecond << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    )


def made_at(identifier: UUID) -> datetime:
    """The wall time, to the millisecond, that a UUIDv7 was made at."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def age_of(identifier: UUID) -> float:
    """How many seconds ago a UUIDv7 was made, never less than none."""
    return max(0.0, (datetime.now(UTC) - made_at(identifier)).total_seconds())


def first_id_at(instant: datetime) -> UUID:
    """No UUIDv7 that is made at that wall time or later sorts before it."""
    millisecond = int(instant.timestamp() * 1000)
    return UUID(int=min(max(millisecond, 0), (1 << 48) - 1) << 80)
