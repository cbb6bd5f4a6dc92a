"""Mistakes that people make in manifests, each planted in a rendered overlay to see it caught."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.deploy.cluster import Cluster
from tests.deploy.rendering import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A change of what is rendered, and which judge must notice, all others being content."""

    about: str
    caught_by: str
    plant: Callable[[Cluster], None]
    overlay: str = "single-node"


def _deployment(cluster: Cluster, name: str = "registry-api") -> Any:
    return cluster.find("Deployment", name)


def _pod(cluster: Cluster, name: str = "registry-api") -> Any:
    return _deployment(cluster, name)["spec"]["template"]["spec"]


def _container(cluster: Cluster, name: str = "registry-api") -> Any:
    return _pod(cluster, name)["containers"][0]


def _variable(cluster: Cluster, name: str, workload: str = "registry-api") -> Any:
    return next(v for v in _container(cluster, workload)["env"] if v["name"] == name)


def _settings(cluster: Cluster) -> Any:
    found = cluster.find("ConfigMap", "sanshe")
    assert found is not None, "every overlay has it"
    return found["data"]


def _policy(cluster: Cluster, name: str) -> Any:
    found = cluster.find("NetworkPolicy", name)
    assert found is not None, f"there is a network policy {name}"
    return found["spec"]


def _root(cluster: Cluster) -> None:
    _container(cluster)["securityContext"]["runAsUser"] = 0


def _writable(cluster: Cluster) -> None:
    del _container(cluster)["securityContext"]["readOnlyRootFilesystem"]


def _unbounded(cluster: Cluster) -> None:
    del _container(cluster)["resources"]["limits"]["memory"]


def _together(cluster: Cluster) -> None:
    for rule in _pod(cluster)["topologySpreadConstraints"]:
        rule["labelSelector"] = {"matchLabels": {"app.kubernetes.io/component": "api"}}


def _unranked(cluster: Cluster) -> None:
    _pod(cluster)["priorityClassName"] = "important"


def _token(cluster: Cluster) -> None:
    del _pod(cluster)["automountServiceAccountToken"]


def _latest(cluster: Cluster) -> None:
    _container(cluster)["image"] = "sanshe/registry:latest"


def _selector(cluster: Cluster) -> None:
    spec = _deployment(cluster, "registry-worker")["spec"]
    spec["selector"]["matchLabels"].pop("app.kubernetes.io/name")


def _lively(cluster: Cluster) -> None:
    _container(cluster)["livenessProbe"]["httpGet"]["path"] = "/readyz"


def _hasty(cluster: Cluster) -> None:
    _pod(cluster)["terminationGracePeriodSeconds"] = 30


def _drained_longer(cluster: Cluster) -> None:
    _settings(cluster)["DRAIN_SECONDS"] = "30"


def _impatient(cluster: Cluster) -> None:
    del _container(cluster)["readinessProbe"]["timeoutSeconds"]


def _abrupt(cluster: Cluster) -> None:
    _deployment(cluster)["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] = 1


def _stuck(cluster: Cluster) -> None:
    spec: Any = cluster.find("PodDisruptionBudget", "registry-api")
    spec["spec"].pop("maxUnavailable")
    spec["spec"]["minAvailable"] = 2


def _astray(cluster: Cluster) -> None:
    spec: Any = cluster.find("PodDisruptionBudget", "registry-api")
    spec["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] = "apis"


def _scaled(cluster: Cluster) -> None:
    spec: Any = cluster.find("HorizontalPodAutoscaler", "registry-api")
    spec["spec"]["scaleTargetRef"]["name"] = "registry"


def _scaled_worker(cluster: Cluster) -> None:
    spec: Any = cluster.find("HorizontalPodAutoscaler", "registry-api")
    spec["spec"]["scaleTargetRef"]["name"] = "registry-worker"
    del _deployment(cluster, "registry-worker")["spec"]["replicas"]


def _key(cluster: Cluster) -> None:
    _variable(cluster, "SECRET_KEY")["valueFrom"]["secretKeyRef"]["key"] = "secret"


def _map(cluster: Cluster) -> None:
    volume = next(v for v in _pod(cluster)["volumes"] if v["name"] == "issuer")
    volume["configMap"]["name"] = "issuers"


def _untold(cluster: Cluster) -> None:
    del _settings(cluster)["CITY_DIVISION"]


def _misspelt(cluster: Cluster) -> None:
    _settings(cluster)["LOG_LEVELS"] = "debug"


def _powerful(cluster: Cluster) -> None:
    _container(cluster)["env"].append(
        {"name": "MIGRATE_DATABASE_URL", "value": "postgresql://o@p/d"}
    )


def _unprovided(cluster: Cluster) -> None:
    variables = _container(cluster, "probe")["env"]
    variables[:] = [each for each in variables if each["name"] != "OPERATOR_TOKEN_FILE"]


def _too_late(cluster: Cluster) -> None:
    variables = _container(cluster)["env"]
    variables.sort(key=lambda variable: variable["name"] != "DATABASE_URL")


def _port(cluster: Cluster) -> None:
    found: Any = cluster.find("Service", "registry-api")
    found["spec"]["ports"][0]["targetPort"] = "https"


def _unscraped(cluster: Cluster) -> None:
    found: Any = cluster.find("PodMonitor", "services")
    found["spec"]["podMetricsEndpoints"][0]["port"] = "metrics"


def _moved(cluster: Cluster) -> None:
    _settings(cluster)["OPS_PORT"] = "9091"


def _open(cluster: Cluster) -> None:
    cluster.objects = [o for o in cluster.objects if o["metadata"]["name"] != "nothing-else"]


def _anywhere(cluster: Cluster) -> None:
    _policy(cluster, "api")["egress"].append({})


def _cut(cluster: Cluster) -> None:
    rules = _policy(cluster, "worker")["egress"]
    rules[:] = [rule for rule in rules if "rabbitmq" not in str(rule)]


def _operations_for_all(cluster: Cluster) -> None:
    del _policy(cluster, "operations")["ingress"][0]["from"]


def _elsewhere(cluster: Cluster) -> None:
    found: Any = cluster.find("PodDisruptionBudget", "registry-api")
    found["metadata"]["namespace"] = "default"


def _lenient(cluster: Cluster) -> None:
    found: Any = cluster.find("Namespace", "sanshe")
    found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "baseline"


def _crossed(cluster: Cluster) -> None:
    found: Any = cluster.find("HTTPRoute", "sanshe")
    found["spec"]["rules"][0]["backendRefs"][0]["name"] = "registry-api"


def _told_all(cluster: Cluster) -> None:
    secret: Object = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "registry-key"}}
    secret["metadata"]["namespace"] = "sanshe"
    cluster.objects.append(secret | {"stringData": {"secret-key": "MDEyMzQ1Njc4OTAxMjM0NQ=="}})


def _too_much(cluster: Cluster) -> None:
    found: Any = cluster.find("Permission", "registry")
    found["spec"]["permissions"]["read"] = ".*"


def _superuser(cluster: Cluster) -> None:
    [found] = cluster.of("Cluster")
    found["spec"]["managed"]["roles"][0]["superuser"] = True


def _unmeasured(cluster: Cluster) -> None:
    rule = {"alert": "Silence", "expr": "sum(rate(outbox_publishd_total[5m])) == 0"}
    metadata = {"name": "planted", "namespace": "sanshe"}
    cluster.objects.append(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata,
            "spec": {"groups": [{"name": "planted", "rules": [rule]}]},
        }
    )


def _unknown_field(cluster: Cluster) -> None:
    _container(cluster)["readynessProbe"] = {"httpGet": {"path": "/readyz", "port": 9090}}


def _unknown_resource_field(cluster: Cluster) -> None:
    [found] = cluster.of("RabbitmqCluster")
    found["spec"]["persistance"] = found["spec"].pop("persistence")


def _wrong_type(cluster: Cluster) -> None:
    [found] = cluster.of("Cluster")
    found["spec"]["postgresql"]["parameters"]["max_connections"] = 400


SCHEMAS: Final = "schemas"
MISTAKES: Final = [
    Mistake(about="a process runs as root", caught_by="restricted", plant=_root),
    Mistake(about="an image may be written to", caught_by="restricted", plant=_writable),
    Mistake(about="memory has no limit", caught_by="bounded", plant=_unbounded),
    Mistake(about="spread counts the pods of all services", caught_by="spread", plant=_together),
    Mistake(about="a priority class that nobody made", caught_by="ranked", plant=_unranked),
    Mistake(about="a token of the cluster is mounted", caught_by="tokenless", plant=_token),
    Mistake(about="an image is `latest`", caught_by="released", plant=_latest),
    Mistake(about="a selector takes all workers", caught_by="matched", plant=_selector),
    Mistake(about="an API dies of its database", caught_by="probed", plant=_lively),
    Mistake(about="a probe does not wait", caught_by="probed", plant=_impatient),
    Mistake(about="too little time to end", caught_by="patient", plant=_hasty),
    Mistake(about="a longer drain, the same grace", caught_by="patient", plant=_drained_longer),
    Mistake(about="old pods go first", caught_by="replaced_gently", plant=_abrupt),
    Mistake(about="a budget that lets nobody go", caught_by="budgeted", plant=_stuck),
    Mistake(about="a budget of no pods", caught_by="budgeted", plant=_astray),
    Mistake(about="an autoscaler of nothing", caught_by="scaled", plant=_scaled, overlay="city"),
    Mistake(about="a worker is scaled", caught_by="scaled", plant=_scaled_worker, overlay="city"),
    Mistake(about="a key that its secret lacks", caught_by="referenced", plant=_key),
    Mistake(about="a ConfigMap that is not there", caught_by="referenced", plant=_map),
    Mistake(about="a needed variable is missing", caught_by="told", plant=_untold),
    Mistake(about="a variable that nobody reads", caught_by="told", plant=_misspelt),
    Mistake(about="an API has an owner's rights", caught_by="told", plant=_powerful),
    Mistake(about="the probe has no token", caught_by="told", plant=_unprovided),
    Mistake(about="a variable is used before it is set", caught_by="told", plant=_too_late),
    Mistake(about="a service leads to no port", caught_by="connected", plant=_port),
    Mistake(
        about="metrics are asked at another port",
        caught_by="connected",
        plant=_unscraped,
        overlay="city",
    ),
    Mistake(about="the operations port has moved", caught_by="connected", plant=_moved),
    Mistake(about="nothing is denied by default", caught_by="denied", plant=_open),
    Mistake(about="an API reaches the internet", caught_by="reachable", plant=_anywhere),
    Mistake(about="a worker cannot reach its broker", caught_by="reachable", plant=_cut),
    Mistake(about="everybody reads metrics", caught_by="reachable", plant=_operations_for_all),
    Mistake(about="an object in another namespace", caught_by="housed", plant=_elsewhere),
    Mistake(about="the namespace is lenient", caught_by="housed", plant=_lenient),
    Mistake(about="two services are crossed", caught_by="routed", plant=_crossed, overlay="city"),
    Mistake(about="a secret is in git", caught_by="sealed", plant=_told_all, overlay="city"),
    Mistake(
        about="a user reads every queue", caught_by="entitled", plant=_too_much, overlay="city"
    ),
    Mistake(about="a role is superuser", caught_by="owned", plant=_superuser, overlay="city"),
    Mistake(about="an alert of no metric", caught_by="measured", plant=_unmeasured),
    Mistake(about="a probe's name is misspelt", caught_by=SCHEMAS, plant=_unknown_field),
    Mistake(
        about="a field that the broker's operator does not know",
        caught_by=SCHEMAS,
        plant=_unknown_resource_field,
        overlay="city",
    ),
    Mistake(
        about="a number where the database's operator wants a text",
        caught_by=SCHEMAS,
        plant=_wrong_type,
        overlay="city",
    ),
]
