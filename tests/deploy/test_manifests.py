"""Every overlay is what an API server takes and what our policies demand."""

import re

import pytest

from tests.deploy import rendering
from tests.deploy.images import PAGE
from tests.deploy.judging import Judges
from tests.deploy.mistakes import MISTAKES, SCHEMAS, Mistake
from tests.deploy.schemas import is_core, supported

WITH_COMPONENTS = [("city", "archive"), ("single-node", "ingress")]


@pytest.mark.parametrize("name", rendering.overlays())
def test_an_overlay_has_no_fault(judges: Judges, name: str) -> None:
    """No schema and no policy has anything to say."""
    assert not judges.faults(rendering.render(name))


@pytest.mark.parametrize("name", WITH_COMPONENTS, ids="-".join)
def test_an_optional_component_brings_no_fault(judges: Judges, name: tuple[str, ...]) -> None:
    """The same with an optional component on top."""
    assert not judges.faults(rendering.render(*name))


def test_a_registry_of_the_city_has_every_image(judges: Judges) -> None:
    """The overlay of docs/air-gapped.md takes all images from one registry, by their digests."""
    [own] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    objects = rendering.render_over(own)
    images = {
        container["image"]
        for one in objects
        if one["kind"] in ("Deployment", "Job", "StatefulSet")
        for pod in [one["spec"]["template"]["spec"]]
        for container in [*pod["containers"], *pod.get("initContainers", [])]
    }

    assert {image.partition("@")[2][:7] for image in images} == {"sha256:"}
    assert {image.partition("/")[0] for image in images} == {"registry.example.org"}
    assert len(images) == 9
    assert not judges.faults(objects)


def test_versions_from_the_oldest_supported_on() -> None:
    """Manifests are judged by Kubernetes 1.32 and by everything newer that is known."""
    assert supported()[0].startswith("v1.32.")
    assert len(supported()) >= 2


def test_custom_resources_are_judged(judges: Judges) -> None:
    """The city's custom resources are judged by their definitions, which are at hand."""
    rendering.need_definitions()
    kinds = {each["kind"] for each in rendering.render("city") if not is_core(each)}

    assert {"RabbitmqCluster", "Cluster", "Pooler", "Database", "HTTPRoute"} <= kinds
    assert SCHEMAS not in judges.faults(rendering.render("city"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.about)
def test_a_mistake_is_caught(judges: Judges, mistake: Mistake) -> None:
    """Each planted mistake is noticed by the judge that is there for it, and by no other."""
    if mistake.caught_by == SCHEMAS:
        rendering.need_definitions()

    assert [mistake.caught_by] == list(judges.faults_with(mistake))


def test_no_judge_is_idle(judges: Judges) -> None:
    """For each policy, and for the schemas, there is a mistake that it alone catches."""
    assert {*judges.policies, SCHEMAS} == {mistake.caught_by for mistake in MISTAKES}
