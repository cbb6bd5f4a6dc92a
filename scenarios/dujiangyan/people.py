"""Who acts: opaque persons in their roles. None of them is a real person."""

from dataclasses import dataclass
from typing import Final

CITY: Final = "510181"
"""The prefix of every division code of the city."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person in a role, for an organisation or an area: what a token says."""

    person: str
    role: str
    org: str | None = None
    divisions: tuple[str, ...] = ()


def _of_city(person: str, role: str) -> Who:
    return Who(person=person, role=role, divisions=(CITY,))


OPERATOR: Final = _of_city("dj-operator", "operator")
SECRETARIAT: Final = _of_city("dj-leading-group-office", "secretariat")
AUDITOR: Final = _of_city("dj-auditor", "auditor")
ASSOCIATION: Final = _of_city("dj-association-officer", "association")
REGISTRAR: Final = _of_city("dj-bureau-registrar", "official")
HANDLER: Final = _of_city("dj-bureau-handler", "official")
"""Prepares payments: the first of the approval chain."""
ACCEPTOR: Final = _of_city("dj-bureau-acceptor", "official")
"""Accepts the service at the end; approves nothing, evaluates nothing."""
REVIEWER: Final = _of_city("dj-bureau-reviewer", "official")
"""Reads every activity report (审查简报和照片)."""
INSPECTOR: Final = _of_city("dj-bureau-inspector", "official")
"""Inspects by the month, the half-year and the year's end (督导)."""
NOTIFIER: Final = _of_city("dj-bureau-notifier", "official")
REPRESENTATIVE: Final = _of_city("dj-bureau-representative", "official")
"""Sits on the panels for the bureau."""
SEALER: Final = _of_city("dj-bureau-sealer", "official")
FINANCE: Final = _of_city("dj-treasury-finance", "treasury")
CASHIER: Final = _of_city("dj-treasury-cashier", "treasury")


def purchaser(org: str, person: str = "dj-bureau-purchaser") -> Who:
    """The bureau that buys, by the person who handles its tenders."""
    return Who(person=person, role="purchaser", org=org, divisions=(CITY,))


def agent(org: str) -> Who:
    """The association as the agent that publishes and receives, by its officer."""
    return Who(person="dj-association-agent", role="association", org=org, divisions=(CITY,))


def deputy(org: str) -> Who:
    """Her deputy, who stands in for her, and whose family runs an agency."""
    return Who(person="dj-association-deputy", role="association", org=org, divisions=(CITY,))


def leader(org: str) -> Who:
    """The bureau's responsible leader: the last of the approval chain."""
    return purchaser(org, "dj-bureau-leader")


def town(code: str) -> Who:
    """The officer of a town, which hosts the service and signs for it."""
    return Who(person=f"dj-town-{code[6:9]}", role="town", divisions=(code[:9],))


def community(code: str) -> Who:
    """The contact of a community's committee, which signs for the site."""
    return Who(person=f"dj-community-{code[6:]}", role="community", divisions=(code,))


def manager(key: str, org: str) -> Who:
    """The manager of an agency."""
    return Who(person=f"dj-manager-{key}", role="agency-manager", org=org)


def observer(number: int) -> Who:
    """One whom the bureau sends along to an activity (每次活动都会派人一起参加)."""
    return _of_city(f"dj-observer-{number:02}", "observer")


def expert(person: str) -> Who:
    """A member of a review panel."""
    return _of_city(person, "expert")


def worker(person: str, org: str) -> Who:
    """A social worker of an agency, who reads what concerns them."""
    return Who(person=person, role="worker", org=org)


def evaluator(key: str, org: str, number: int) -> Who:
    """A visitor or scorer of a third-party evaluator."""
    return Who(person=f"dj-{key}-{number}", role="evaluator", org=org, divisions=(CITY,))
