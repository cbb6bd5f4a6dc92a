"""What processes and databases have used so far, to be compared before and after some work."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.lab import Lab

TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Size:
    """Rows and bytes, indexes and all, of a table with its partitions."""

    rows: int
    bytes: int


def seconds_of(pid: int, *, family: bool = False) -> float:
    """Seconds of CPU that a process has used; with its family, that of its children too, also of
    those that have ended."""
    fields = _stat(pid)
    ticks = sum(map(int, fields[11:15] if family else fields[11:13]))
    children = _children(pid) if family else []
    return ticks / TICK + sum(seconds_of(child, family=True) for child in children)


def _stat(pid: int) -> list[str]:
    """What /proc says after the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _children(pid: int) -> list[int]:
    found = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(part) for part in " ".join(found).split()]


def memory_of(pid: int) -> int:
    """The most memory that a process has had, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in status if line.startswith("VmHWM"))
    return int(peak.split()[1]) // 1024


async def sizes(lab: Lab, service: str) -> dict[str, Size]:
    """Every table of a database, partitions counted to the table that they are of."""
    await lab.sql(service, "VACUUM ANALYZE")
    rows = await lab.sql(
        service,
        """
          SELECT coalesce(p.relname, c.relname) AS name,
                 sum(greatest(c.reltuples, 0))::bigint AS rows,
                 sum(pg_total_relation_size(c.oid))::bigint AS bytes
            FROM pg_class AS c
       LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
       LEFT JOIN pg_class AS p ON p.oid = i.inhparent
           WHERE c.relkind = 'r'
             AND c.relnamespace = 'public'::regnamespace
        GROUP BY 1
        """,
    )
    return {row["name"]: Size(row["rows"], row["bytes"]) for row in rows}


async def log_written(lab: Lab) -> int:
    """Bytes of write-ahead log of the whole server so far."""
    written = await lab.value("scheduling", "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    return int(written)
