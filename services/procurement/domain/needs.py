"""Needs: what a survey, a visit, a meeting or the hotline found; never about one person."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

Origin = Literal["survey", "visit", "meeting", "hotline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a community lacks, how it was found, and how many were asked."""

    id: UUID
    version: int
    title: str
    finding: str
    source: Origin
    division: str
    domain: str
    respondents: int
    recorded_by: str
    recorded_day: date
