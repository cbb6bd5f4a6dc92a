"""Pages: what was found, set into HTML; every name and text of others is escaped."""

from datetime import date, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from libs.common import clock
from services.notifications.domain import words

FOLDER: Final = Path(__file__).parent
BASE: Final = "/notifications/pages"


def render(template: str, **facts: object) -> str:
    """The page of that template; a fact that it asks for and is not given is a mistake of ours."""
    return _environment.get_template(template).render(facts)


def _yuan(fen: int) -> str:
    yuan = f"{fen // 100:,}"
    return f"{yuan}.{fen % 100:02d}" if fen % 100 else yuan


def _ten_thousands(fen: int) -> str:
    """In units of 10 000 yuan (万元), as budgets are written."""
    return f"{fen / 1_000_000:,.2f}".rstrip("0").rstrip(".")


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"


def _short_day(day: date) -> str:
    return f"{day:%y-%m-%d}"


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(clock.PLACE):%Y-%m-%d %H:%M}"


_environment: Final = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
_environment.filters |= {
    "yuan": _yuan,
    "wan": _ten_thousands,
    "percent": _percent,
    "day": _day,
    "short_day": _short_day,
    "moment": _moment,
    "type_zh": words.of_type,
    "code": words.of_code,
}
_environment.globals |= {
    "BASE": BASE,
    "SERVICES": words.SERVICES,
    "STEPS": words.STEPS,
    "STATES": words.STATES,
    "MARKS": words.MARKS,
    "DUTIES": words.DUTIES,
    "ROLES": words.ROLES,
}
