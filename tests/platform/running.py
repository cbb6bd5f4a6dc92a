"""A home in which the year was played, up again, with strangers sent to it."""

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

from libs.embedded.home import free_ports
from libs.embedded.issuer import Issuer
from libs.embedded.platform import service_names
from tests.platform.knowledge import Identity, Json
from tests.platform.strangers import Strangers

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 180.0
CITY: Final = "510181"


@contextmanager
def resumed(home: Path, *, processes: bool = False) -> Iterator[str]:
    """The platform of that home, up; gives its address."""
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "libs.embedded", "up", "--port", str(port)]
    command += ["--processes"] if processes else []
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "SANSHE_HOME": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for_ready(home / "up.log", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
                process.wait(60)


def strangers(home: Path, url: str, *, same: bool = False) -> Strangers:
    """Two providers with the most agreements; with `same`, one that is set upon itself."""
    issuer = Issuer(home)

    def token_of(role: str, person: str, organisation: str | None) -> str:
        return issuer.token(
            {
                "sub": f"account-of-{person}",
                "person": person,
                "roles": [role],
                "org": organisation,
                "divisions": [CITY],
            },
            lifetime=24 * 3600,
        )

    auditor = Identity("auditor", None, token_of("auditor", "p-auditor", None))
    address = f"{url}/procurement/v1/agreements?limit=200"
    agreements: Json = requests.get(address, headers=auditor.headers, timeout=PATIENCE).json()
    count = Counter(one["provider_id"] for one in agreements["items"])
    first, second = (provider for provider, _ in count.most_common(2))
    return Strangers(url, token_of, first, first if same else second)


def explore(home: Path, url: str, number: int) -> Strangers:
    """Everything tried so many times in the home's platform; nothing may be parked by it."""
    run = strangers(home, url)
    run.learn()
    run.try_everything(service_names(), number)
    for service, parked in run.parked(service_names()).items():
        if parked:
            run.report.note(service, "parks events", f"{parked} parked")
    return run


def _wait_for_ready(log: Path, process: "subprocess.Popen[bytes]") -> None:
    latest = time.monotonic() + PATIENCE
    while time.monotonic() < latest and process.poll() is None:
        if "Sanshe is ready" in log.read_text():
            return
        time.sleep(0.2)
    raise TimeoutError("the platform does not come up; see up.log in its home")
