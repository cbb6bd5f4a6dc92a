"""All judges of a set of manifests at once."""

from pathlib import Path

from tests.deploy import rendering, schemas
from tests.deploy.cluster import Cluster
from tests.deploy.mistakes import SCHEMAS, Mistake
from tests.deploy.policies import Policy, policies
from tests.deploy.rendering import Object


class Judges:
    """The schemas and every policy; each tells what is wrong by its name."""

    def __init__(self, definitions: Path | None, scraped: frozenset[str]) -> None:
        """`definitions` is the folder of those of custom resources, if it is at hand."""
        self._definitions = schemas.Definitions(definitions) if definitions else None
        self.policies: dict[str, Policy] = policies(rendering.promised(), scraped)

    @property
    def definitions(self) -> int:
        """Of how many custom resources the definition is at hand."""
        return len(self._definitions or ())

    def faults(self, objects: list[Object]) -> dict[str, list[str]]:
        """What each judge that is not content has to say."""
        cluster = Cluster(objects)
        found = {name: judge(cluster) for name, judge in self.policies.items()}
        found[SCHEMAS] = schemas.faults(objects, self._definitions)
        return {name: faults for name, faults in found.items() if faults}

    def faults_with(self, mistake: Mistake) -> dict[str, list[str]]:
        """The same of an overlay into which a mistake was put."""
        cluster = Cluster(rendering.render(mistake.overlay))
        mistake.plant(cluster)
        return self.faults(cluster.objects)
