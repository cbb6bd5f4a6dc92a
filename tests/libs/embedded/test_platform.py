"""The platform's own parts: home, issuer, proxy and supervisor."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet

from libs.embedded import given
from libs.embedded.children import Children, Failed, Program
from libs.embedded.home import Home, InUse, Unusable, check_port, free_ports, opened
from libs.embedded.issuer import ALGORITHM, Issuer
from libs.embedded.platform import platform
from libs.embedded.proxy import proxying
from libs.embedded.servers import Servers
from libs.embedded.supervisor import Supervisor


@pytest.fixture
async def backend() -> AsyncIterator[int]:
    """A service that tells what it was asked; gives its port."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/stream"):
            stream = web.StreamResponse()
            await stream.prepare(request)
            await stream.write(b"first")
            await asyncio.Event().wait()
        text = f"{request.method} {request.raw_path} {(await request.read()).decode()}"
        return web.Response(text=text, status=201, headers={"ETag": '"3"'})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_ports(1)[0]
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port
    await runner.cleanup()


async def test_the_proxy_forwards_by_the_first_part_of_the_path(backend: int) -> None:
    """Method, path, body, status and headers go through unchanged, and streams as they come."""
    async with (
        proxying(0, {"registry": backend, "front": backend}, "front") as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        async with session.post("/registry/v1/a%2Fb?c=%20d", data=b"body") as reply:
            told = await reply.text()

        assert (reply.status, reply.headers["ETag"]) == (201, '"3"')
        assert told == "POST /registry/v1/a%2Fb?c=%20d body"
        async with session.get("/front/stream") as stream:
            assert await stream.content.read(5) == b"first"


async def test_the_proxy_answers_for_a_service_that_is_away() -> None:
    """A service that is not reachable is 503 with a time to come again, as problem+json."""
    away = free_ports(1)[0]
    async with (
        proxying(0, {"registry": away}, "registry") as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/registry/v1/workers") as reply,
    ):
        problem = json.loads(await reply.read())

    assert reply.status == 503
    assert reply.headers["Retry-After"] == "1"
    assert reply.content_type == "application/problem+json"
    assert problem["code"] == "service-unavailable"


def sleeper(name: str = "sleeper") -> Program:
    """A program that does nothing for long."""
    argv = [sys.executable, "-c", "import time; time.sleep(600)"]
    return Program(name=name, argv=argv, environment={})


async def eventually(supervisor: Supervisor, old: int = 0) -> int:
    """The id of the sleeper once it is another than the old one."""
    latest = time.monotonic() + 10
    while time.monotonic() < latest:
        if (pid := supervisor.pids.get("sleeper", old)) != old:
            return pid
        await asyncio.sleep(0.02)
    raise AssertionError("the program did not start")


async def test_the_supervisor_restarts_a_killed_child(tmp_path: Path) -> None:
    """A child that dies comes back under another id; at the end none is left."""
    pid_file = tmp_path / "pids.json"
    children = Children(tmp_path / "log", tmp_path / "run")
    async with Supervisor(children, pid_file, grace=2) as supervisor:
        supervisor.start([sleeper()])
        first = await eventually(supervisor)
        os.kill(first, signal.SIGKILL)
        second = await eventually(supervisor, first)

        assert json.loads(pid_file.read_text()) == {"sleeper": second}
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)
    assert not pid_file.exists()


async def test_a_failed_program_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """Who starts the platform reads why a step failed without looking for the log."""
    children = Children(tmp_path / "log", tmp_path / "run")
    argv = [sys.executable, "-c", "raise SystemExit('no such table')"]
    with pytest.raises(Failed, match="no such table"):
        await children.complete(Program(name="migrate", argv=argv, environment={}))


def test_a_home_has_one_run_at_a_time(tmp_path: Path) -> None:
    """A second run of the same home is refused and told which process has it."""
    with (
        opened(tmp_path / "home") as home,
        pytest.raises(InUse, match=str(os.getpid())),
        opened(home.folder),
    ):
        pass
    with opened(tmp_path / "home") as again:
        assert again.secret("name") == home.secret("name")
        assert (home.secrets / "name").stat().st_mode & 0o777 == 0o600


def test_tokens_verify_with_the_published_key(tmp_path: Path) -> None:
    """A token carries the claims given, and the published keys hold nothing private."""
    issuer = Issuer(tmp_path)
    token = issuer.token({"sub": "li", "roles": ["official"], "org": None}, lifetime=60)
    published = json.loads(Issuer(tmp_path).jwks.read_text())
    claims = jwt.decode(token, KeySet.import_key_set(published), algorithms=[ALGORITHM]).claims

    assert claims["iss"] == issuer.name
    assert claims["roles"] == ["official"]
    assert claims["exp"] - claims["iat"] == 60
    assert "org" not in claims
    assert "d" not in published["keys"][0]


async def test_a_port_that_cannot_be_had_is_told_before_anything_starts() -> None:
    """Somebody listens there, or there is no such port: the sentence says what to choose."""
    async with await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unusable, match=f"Port {port} is in use; choose another with PORT="):
            check_port(port)
    check_port(port)
    for none in (0, 99_999):
        with pytest.raises(Unusable, match="from 1 to 65535"):
            check_port(none)


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match="SANSHE_HOME"), opened(tmp_path / "file" / "home"):
        pass


async def test_a_part_that_never_becomes_ready_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After a few deaths the start fails; each death is told with what was said last."""
    monkeypatch.setenv("CITY_DIVISION", "Dujiangyan")
    home, nowhere = Home(tmp_path), "postgresql://somebody@127.0.0.1:1/{service}"
    home.make()
    servers = Servers(
        database_url=nowhere, amqp_admin_url="", amqp_runtime_url="amqp://h/v", amqp_scenario_url=""
    )
    with pytest.raises(Failed, match="platform failed"):
        async with platform(home, servers, port=free_ports(1)[0]):
            pass
    assert "CITY_DIVISION is not a code of twelve digits: 'Dujiangyan'" in caplog.text


async def test_a_given_server_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever waits reads for what and why; never the password."""
    caplog.set_level("INFO")
    place = f"127.0.0.1:{free_ports(1)[0]}"
    for server, scheme in ((given.DATABASE, "postgresql"), (given.BROKER, "amqp")):
        monkeypatch.setenv(server.variable, f"{scheme}://me:secret@{place}/it")
        with pytest.raises(Failed, match=f"{place} did not answer within 0 s .*{server.variable}"):
            await server.address(0)
        monkeypatch.setenv(server.variable, f"{scheme}://me:secret@nowhere.invalid/it")
        with pytest.raises(Failed, match="no host of this name"):
            await server.address()
        monkeypatch.setenv(server.variable, f"{scheme}://me:secret/2@h/it")
        with pytest.raises(Failed, match="is not an address") as problem:
            await server.address()
        assert "secret" not in str(problem.value)
    assert f"waiting for the database at {place} (Connection refused)" in caplog.text


async def test_a_given_server_that_refuses_is_not_waited_for(
    database_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is not there stays so; the right address is given back."""
    monkeypatch.setenv("SANSHE_DATABASE_URL", f"{database_server}_of_another")
    with pytest.raises(Failed, match=r"refuses: .*does not exist"):
        await given.DATABASE.address()
    monkeypatch.setenv("SANSHE_DATABASE_URL", database_server)
    assert await given.DATABASE.address() == database_server
