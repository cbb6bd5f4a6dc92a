"""Each mistake planted in a manifest, and who caught it."""

from collections import Counter

from prometheus_client import generate_latest

from services.__main__ import services
from tests.deploy import rendering
from tests.deploy.judging import Judges
from tests.deploy.mistakes import MISTAKES
from tests.deploy.policies.measuring import names_in
from tests.deploy.schemas import supported


def prove() -> bool:
    """Print every overlay with its faults, and every mistake with who noticed it; true if overlays
    have none, and each mistake was caught by the one judge that is there for it."""
    services()
    judges = Judges(rendering.definitions(), names_in(generate_latest().decode()))
    print(f"schemas: {', '.join(supported())}, {judges.definitions} custom definitions")
    held = judges.definitions > 0
    for name in rendering.overlays():
        objects = rendering.render(name)
        faults = judges.faults(objects)
        held &= not faults
        kinds = Counter(each["kind"] for each in objects)
        print(f"{name}: {len(objects)} objects of {len(kinds)} kinds, faults: {faults or 'none'}")
    print(f"\n{'planted mistake':58} {'in':12} caught by")
    for mistake in MISTAKES:
        caught = list(judges.faults_with(mistake))
        held &= caught == [mistake.caught_by]
        print(f"{mistake.about:58} {mistake.overlay:12} {', '.join(caught) or 'NOBODY'}")
    print(f"\n{len(MISTAKES)} mistakes, {len(judges.policies)} policies")
    return held
