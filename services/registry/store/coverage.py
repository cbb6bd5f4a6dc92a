"""Coverage in the database: one row a community in being."""

from dataclasses import dataclass
from datetime import date

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.registry.domain.coverage import Count, Coverage
from services.registry.domain.workers import WorkerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityCoverage:
    """A community's coverage with its name and its town, as a city reads it."""

    id: str
    name: str
    parent: str
    urban: bool
    workers: int
    certified: int
    minimum: int
    short_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """How many communities are short of workers, and since how many days the first."""

    communities_short: int
    community_short_longest_days: int


async def add_coverage(tx: Tx, coverage: Coverage) -> None:
    await tx.do(
        """
        INSERT INTO coverage (id, version, workers, certified, minimum, short_since)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        coverage.id,
        coverage.version,
        coverage.workers,
        coverage.certified,
        coverage.minimum,
        coverage.short_since,
    )


async def lock_coverage(tx: Tx, communities: list[str]) -> list[Coverage]:
    """In the order of codes, so that two recounts never wait for each other."""
    return await tx.all(
        Coverage,
        """
          SELECT id, version, workers, certified, minimum, short_since
            FROM coverage
           WHERE id = ANY ($1::text[])
        ORDER BY id
             FOR UPDATE
        """,
        communities,
    )


async def count_workers(
    tx: Tx, communities: list[str], kinds: tuple[WorkerKind, ...]
) -> list[Count]:
    """A worker counts once in a community, and in every community they serve."""
    return await tx.all(
        Count,
        """
            SELECT community.id,
                   count(DISTINCT w.id) AS workers,
                   count(DISTINCT w.id) FILTER (WHERE w.certificate_valid) AS certified
              FROM unnest($1::text[]) AS community (id)
         LEFT JOIN postings p
                ON p.division = community.id
               AND p.status = 'standing'
         LEFT JOIN workers w
                ON w.id = p.worker_id
               AND w.kind = ANY ($2::text[])
          GROUP BY community.id
        """,
        communities,
        kinds,
    )


async def list_communities(tx: Tx) -> list[str]:
    return await tx.all(str, "SELECT id FROM coverage ORDER BY id")


async def list_coverage(
    tx: Tx, rows: Rows, prefix: str, only_short: bool, page: PageRequest
) -> list[CommunityCoverage]:
    return await tx.all(
        CommunityCoverage,
        """
          SELECT c.id, d.name, d.parent, d.urban,
                 c.workers, c.certified, c.minimum, c.short_since
            FROM coverage c
            JOIN divisions d ON d.id = c.id
           WHERE c.id LIKE ANY ($1)
             AND starts_with(c.id, $2)
             AND (NOT $3 OR c.short_since IS NOT NULL)
             AND ($4::text IS NULL OR c.id > $4)
        ORDER BY c.id
           LIMIT $5
        """,
        rows.divisions,
        prefix,
        only_short,
        page.after,
        page.limit,
    )


async def save_coverage(tx: Tx, coverage: Coverage) -> None:
    await tx.do(
        """
        UPDATE coverage
           SET version = $2,
               workers = $3,
               certified = $4,
               minimum = $5,
               short_since = $6
         WHERE id = $1
        """,
        coverage.id,
        coverage.version,
        coverage.workers,
        coverage.certified,
        coverage.minimum,
        coverage.short_since,
    )


async def remove_coverage(tx: Tx, community: str) -> None:
    await tx.do("DELETE FROM coverage WHERE id = $1", community)


async def measure_shortage(tx: Tx, today: date) -> Shortage:
    return await tx.get(
        Shortage,
        """
        SELECT count(*) AS communities_short,
               coalesce($1::date - min(short_since), 0) AS community_short_longest_days
          FROM coverage
         WHERE short_since IS NOT NULL
        """,
        today,
    )
