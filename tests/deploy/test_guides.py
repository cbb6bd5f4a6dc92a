"""Pages of docs are run as they stand, on one live platform, by people of the city's own issuer."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from libs.embedded.children import Children, Program
from libs.embedded.home import CHECKOUT, Home, free_ports
from libs.embedded.issuer import Issuer
from libs.embedded.platform import administration, platform, service_names
from libs.embedded.servers import servers


def blocks(page: str, language: str) -> list[str]:
    """What stands in the page's blocks of that language."""
    text = (CHECKOUT / "docs" / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
async def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, str]]:
    """A live platform with the first day's sign-in: its address, and a token of an official."""
    for line in blocks("first-day.md", "env")[0].splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value)
    home = Home(tmp_path / "home")
    home.make()
    async with servers(home.folder, service_names(), keep=False) as addresses:
        children = Children(home.log, home.run / "preparation")
        powers = administration(home, addresses)
        for command in ("prepare", "migrate"):
            argv = [sys.executable, "-m", "services", command]
            await children.complete(
                Program(name=command, argv=argv, environment=powers, folder=CHECKOUT)
            )
        claims = {
            "sub": "account-7",
            "realm_access": {"roles": ["民政局", "offline_access"]},
            "sanshe": {"divisions": "510181"},
        }
        token = Issuer(home.folder).token(claims)  # type: ignore[arg-type]
        port = free_ports(1)[0]
        async with platform(home, addresses, port=port):
            yield f"http://127.0.0.1:{port}", token


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="the pages ask with curl")
async def test_the_guides_are_as_written(city: tuple[str, str], tmp_path: Path) -> None:
    """Each command of the first day succeeds in its order, and afterwards the city is known; then
    each of the page for programs, which begins where the first day ends."""
    (tmp_path / "docs").symlink_to(CHECKOUT / "docs")

    shown = await follow("first-day.md", city, tmp_path)

    assert "workers.csv: 3 行，新增 3，已有 0，写入 3" in shown
    assert "workers.csv: 3 行，新增 0，已有 3" in shown
    assert await counted(*city) == {
        "divisions": 5,
        "organisations": 3,
        "stations": 2,
        "workers": 3,
        "coverage": 2,
    }

    shown = await follow("api.md", city, tmp_path)

    assert "示例邻里互助会" in shown
    assert (await counted(*city))["organisations"] == 4


async def follow(page: str, city: tuple[str, str], folder: Path) -> str:
    """Run a page's commands; what they printed. The first that fails fails the test."""
    url, token = city
    script = "\n".join(blocks(page, "bash"))
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(CHECKOUT),
        "API_URL": url,
        "OPERATOR_TOKEN": token,
        "TOKEN": token,
    }
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await asyncio.wait_for(process.communicate(), 300)
    assert process.returncode == 0, told.decode()
    return told.decode()


async def counted(url: str, token: str) -> dict[str, int]:
    """How much of each the registry holds."""
    found = {}
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        for name in ("divisions", "organisations", "stations", "workers", "coverage"):
            async with session.get(f"/registry/v1/{name}") as answer:
                found[name] = len((await answer.json())["items"])
    return found
