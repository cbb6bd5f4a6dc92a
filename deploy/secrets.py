"""`python -m deploy.secrets OVERLAY`: random secrets for a cluster that has no store of its own.

They are made once, in the folder `secrets` of the overlay, which git ignores; a second run keeps
them, and a value whose file in `secrets/home/secrets` was removed is made anew. The folder is a
kustomize component that fills the base's empty secrets, so `kubectl apply -k` stays one command.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from libs.embedded.definitions import (
    ADMIN,
    SCENARIO,
    TOPOLOGY,
    document,
    runtime_user,
    scenario_queue,
    users,
)
from libs.embedded.home import Home, kept
from libs.embedded.issuer import Issuer
from libs.embedded.platform import new_key, service_names

OVERLAYS: Final = Path(__file__).parent / "k8s" / "overlays"
COMPONENT: Final = {
    "apiVersion": "kustomize.config.k8s.io/v1alpha1",
    "kind": "Component",
    "resources": ["own.yaml"],
    "patches": [{"path": "filled.yaml"}],
}

Manifest = Mapping[str, Any]


def main() -> None:
    """Make what is missing, and say what to do next."""
    parser = argparse.ArgumentParser(prog="python -m deploy.secrets", description=__doc__)
    parser.add_argument("overlay", choices=["single-node", "rehearsal"])
    parser.add_argument("--folder", type=Path, help="the overlay's folder, if it is elsewhere")
    chosen = parser.parse_args()
    folder: Path = chosen.folder or OVERLAYS / chosen.overlay
    write(folder / "secrets", service_names(), rehearsal=chosen.overlay == "rehearsal")
    print(f"{folder / 'secrets'} is complete. Now: kubectl apply -k {folder}")


def write(folder: Path, services: Sequence[str], *, rehearsal: bool) -> None:
    """Write the component, for its owner's eyes alone."""
    home = Home(folder / "home")
    home.make()
    folder.chmod(0o700)
    issuer = Issuer(home.folder)
    files: dict[str, list[Manifest]] = {
        "kustomization.yaml": [COMPONENT],
        "filled.yaml": _filled(home, services) + _naming(issuer, rehearsal=rehearsal),
        "own.yaml": _own(home, issuer, services, rehearsal=rehearsal),
    }
    for name, manifests in files.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text("\n---\n".join(json.dumps(one) for one in manifests))


def _filled(home: Home, services: Sequence[str]) -> list[Manifest]:
    """The secrets that the base names, with their values."""
    found = [
        _login("postgres", "postgres", home.secret("postgres")),
        _login("broker-topology", TOPOLOGY, _of_broker(home, TOPOLOGY)),
    ]
    for name in services:
        role, user = f"sanshe_{name}", runtime_user(name).name
        key = {"secret-key": kept(home.secrets / f"key-{name}", new_key)}
        found += [
            _login(f"{name}-database", role, home.secret(f"database-{name}")),
            _login(f"{name}-owner", f"{role}_owner", home.secret(f"owner-{name}")),
            _login(f"{name}-broker", user, _of_broker(home, user)),
            _patch("Secret", f"{name}-key", stringData=key),
        ]
    return found


def _own(home: Home, issuer: Issuer, services: Sequence[str], *, rehearsal: bool) -> list[Manifest]:
    """What the base does not name: the broker's users, and the keys of tokens."""
    known = [user for user in users(services) if rehearsal or user.name != SCENARIO]
    passwords = {user.name: _of_broker(home, user.name) for user in known}
    definitions = document(known, passwords, [scenario_queue()] if rehearsal else [])
    found = [
        _secret("rabbitmq-definitions", {"definitions.json": definitions}),
        _secret("rabbitmq-admin", {"username": ADMIN, "password": passwords[ADMIN]}),
        _manifest("ConfigMap", "issuer", data={"issuer.jwks": issuer.jwks.read_text()}),
    ]
    if rehearsal:
        signing = {name: (home.secrets / name).read_text() for name in ISSUER_FILES}
        found += [
            _secret("issuer", signing),
            _secret("rabbitmq-scenario", {"username": SCENARIO, "password": passwords[SCENARIO]}),
        ]
    return found


ISSUER_FILES: Final = ("issuer", "issuer.jwk", "issuer.jwks")
"""With these in `$SANSHE_HOME/secrets` tokens are signed: nobody but a rehearsal gets them."""


PROBE_TOKEN_SECONDS: Final = 400 * 24 * 3600
"""Made anew by each call: once a year is enough."""


def _naming(issuer: Issuer, *, rehearsal: bool) -> list[Manifest]:
    """Who signs tokens; and one for the probe, which a rehearsal does not have."""
    found = [_patch("ConfigMap", "sanshe", data={"AUTH_ISSUER": issuer.name})]
    if not rehearsal:
        claims = {"sub": "probe", "person": "probe", "roles": ["system"]}
        token = issuer.token(claims, lifetime=PROBE_TOKEN_SECONDS)
        found.append(_patch("Secret", "probe", stringData={"token": token}))
    return found


def _of_broker(home: Home, user: str) -> str:
    return home.secret(f"amqp-{user}")


def _login(name: str, username: str, password: str) -> Manifest:
    return _patch("Secret", name, stringData={"username": username, "password": password})


def _secret(name: str, values: Mapping[str, str]) -> Manifest:
    return _manifest("Secret", name, stringData=values)


def _patch(kind: str, name: str, **content: Mapping[str, str]) -> Manifest:
    """For an object of the base, which is no longer kept out of what is rendered."""
    metadata = {"namespace": "sanshe", "annotations": {"config.kubernetes.io/local-config": None}}
    return _manifest(kind, name, metadata, **content)


def _manifest(
    kind: str, name: str, metadata: Mapping[str, Any] | None = None, **content: Mapping[str, str]
) -> Manifest:
    metadata = {"name": name, **(metadata or {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **content}


if __name__ == "__main__":
    main()
