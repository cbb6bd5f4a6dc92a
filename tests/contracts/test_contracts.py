"""What is published is what the code does: documents, schemas, examples, and who hears them."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from libs.common import contract, contracts
from libs.common.envelope import Envelope
from libs.common.service import Service
from services import measured

ROOT = Path(__file__).parents[2]
ALL = [
    import_module(f"services.{path.parent.name}.app").service
    for path in sorted(ROOT.glob("services/*/app.py"))
]
BY_NAME = {service.name: service for service in ALL}
PERSONAL = {"phone", "address", "identity_number", "birth_date", "guardian", "email", "surname"}


def by_name(service: Service) -> str:
    return service.name


def committed(service: str, event_type: str) -> Any:
    path = ROOT / "services" / service / "contracts" / "events" / f"{event_type}.json"
    return json.loads(path.read_text())


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_the_document_is_valid_openapi(service: Service) -> None:
    """OpenAPI 3.1, by an independent validator."""
    validate(service.openapi())


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_the_committed_receivers_are_the_present_ones(service: Service) -> None:
    """Whom an operator can have something sent to; everybody who hears anything of it."""
    path = ROOT / "services" / service.name / "contracts" / "receivers.json"

    assert contracts.receivers(service, ALL) == json.loads(path.read_text())


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_the_committed_document_is_the_present_one(service: Service) -> None:
    """`make contracts` was run and its result committed."""
    path = ROOT / "services" / service.name / "contracts" / "openapi.json"

    assert json.loads(path.read_text()) == json.loads(json.dumps(service.openapi()))


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_the_publisher_keeps_its_promise(service: Service) -> None:
    """Each event's schema and example are the committed ones, and the example fits."""
    folder = ROOT / "services" / service.name / "contracts" / "events"
    promised = {cls.event_types[0]: contracts.event_contract(cls) for cls in service.tells}
    assert {path.stem for path in folder.glob("*.json")} == set(promised)
    for event_type, promise in promised.items():
        assert committed(service.name, event_type) == promise
        Draft202012Validator(promise["schema"]).validate(promise["example"])


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_the_consumer_can_read_the_example(service: Service) -> None:
    """Each view of another service's event takes that service's committed example."""
    for event_type, reactions in service.reactions.by_type.items():
        publisher = event_type.partition(".")[0]
        example = committed(publisher, event_type)["example"]
        for reaction in reactions:
            cls = reaction.heard[event_type]
            if cls is not Envelope:
                contract.load(cls, example)


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_nobody_listens_for_what_nobody_tells(service: Service) -> None:
    """Every type that is heard is told by somebody."""
    told = {cls.event_types[0] for one in ALL for cls in one.tells}

    assert set(service.reactions.by_type) <= told


def families() -> list[set[str]]:
    """Types that carry the same state of the same things: their classes share a base."""
    by_base: dict[type, set[str]] = {}
    for service in ALL:
        for cls in service.tells:
            by_base.setdefault(cls.__mro__[1], set()).add(cls.event_types[0])
    return [types for base, types in by_base.items() if base is not object and len(types) > 1]


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_a_view_hears_all_that_changes_its_subjects(service: Service) -> None:
    """A view that missed one type of an aggregate's state would grow stale."""
    views = {
        r.name: set(r.heard) for rs in service.reactions.by_type.values() for r in rs if r.view
    }
    missing = {
        name: sorted(family - heard)
        for name, heard in views.items()
        for family in families()
        if heard & family and family - heard
    }

    assert not missing


def test_the_list_of_all_events_is_complete() -> None:
    """Whoever keeps the event log hears every type there is."""
    told = sorted(cls.event_types[0] for service in ALL for cls in service.tells)
    for listing in ROOT.glob("services/*/contracts/all-events.json"):
        assert told == json.loads(listing.read_text())


def test_the_tables_of_the_documents_are_the_present_ones() -> None:
    """docs/map.md, access.md and metrics.md were generated from this code."""
    assert contracts.events_table(ALL) in (ROOT / "docs" / "map.md").read_text()
    assert measured.metrics_table() == (ROOT / "docs" / "metrics.md").read_text()
    assert contracts.access_table(ALL) == (ROOT / "docs" / "access.md").read_text()


@pytest.mark.parametrize("service", ALL, ids=by_name)
def test_no_event_has_a_field_for_personal_data(service: Service) -> None:
    """Persons appear as opaque ids only."""
    for cls in service.tells:
        fields = set(contract.schema(cls).get("properties", {}))
        assert not fields & PERSONAL, f"{cls.event_types[0]}: {fields & PERSONAL}"
