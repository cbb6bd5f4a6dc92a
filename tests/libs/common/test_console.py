"""The operator's command line says what the API says."""

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from libs.common import clock, console
from libs.common.asking import asking
from libs.common.config import Missing
from libs.common.testing import Stage, token


async def run(echo: Stage, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    """What the command line shows, as JSON."""
    monkeypatch.setenv("API_URL", f"http://127.0.0.1:{echo.port}")
    parser = argparse.ArgumentParser()
    console.add_commands(parser.add_subparsers())
    chosen = parser.parse_args(arguments)
    shown: list[str] = []
    try:
        await console.run("echo", chosen.ask(chosen), shown.append)
    except Missing:
        raise
    except SystemExit as end:
        return end.code, json.loads(shown[0])["code"]
    return json.loads(shown[0])


async def test_an_operator_rebuilds_and_resends(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command is the route of that name; a refusal ends with status 1."""
    monkeypatch.setenv("OPERATOR_TOKEN", token("operator"))

    rebuilt = await run(echo, monkeypatch, "rebuild", "names")
    assert rebuilt["view"] == "names"
    assert await run(echo, monkeypatch, "rebuild", "nothing") == (1, "view-not-found")

    told = ["--to", "echo", "--type", "echo.thing.made.v1", "--until", "2099-01-01T00:00:00Z"]
    long_ago = await run(echo, monkeypatch, "resend", *told, "--from", "2020-01-01T00:00:00Z")
    assert long_ago == (1, "resending-impossible")
    an_hour = ["--from", "2026-01-01T00:00:00Z", "--until", "2099-01-01T00:00:00Z"]
    misspelt = await run(echo, monkeypatch, "resend", "--to", "ecko", *an_hour)
    assert misspelt == (1, "resending-impossible")
    assert await run(echo, monkeypatch, "resendings") == {"resendings": []}


async def test_a_refusal_speaks_of_options_in_the_language_of_the_shell(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """English unless the surrounding is Chinese; a fault names the option that it is about."""
    monkeypatch.setenv("OPERATOR_TOKEN", token("operator"))
    monkeypatch.setenv("API_URL", f"http://127.0.0.1:{echo.port}")
    asked = ["resend", "--type", "echo.nothing.v1", "--from", "2099-01-02T00:00:00Z"]
    parser = argparse.ArgumentParser()
    console.add_commands(parser.add_subparsers())
    chosen = parser.parse_args([*asked, "--until", "2099-01-01T00:00:00Z"])
    texts = {}
    for name in ("C.UTF-8", "zh_CN.UTF-8"):
        monkeypatch.setenv("LC_ALL", name)
        shown: list[str] = []
        with pytest.raises(SystemExit):
            await console.run("echo", chosen.ask(chosen), shown.append)
        refusal = json.loads(shown[0])
        texts[name] = refusal["title"]
        assert {"--until", "--type/0"} == {fault["pointer"] for fault in refusal["errors"]}
    assert texts["C.UTF-8"].isascii()
    assert not texts["zh_CN.UTF-8"].isascii()


async def test_an_end_in_the_future_is_told(
    echo: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What has not been told yet is not sent again, and the operator reads that."""
    monkeypatch.setenv("OPERATOR_TOKEN", token("operator"))
    since = (clock.wall() - timedelta(hours=1)).isoformat()
    asked = ["resend", "--from", since, "--until"]

    later = await run(echo, monkeypatch, *asked, "2099-01-01T00:00:00Z")
    assert f"--until lies in the future: sent is what was told before {later['until']}" in (
        capsys.readouterr().err
    )
    await run(echo, monkeypatch, *asked, later["until"])
    assert capsys.readouterr().err == ""


async def test_without_the_role_or_a_token_nothing_is_done(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line has no power of its own."""
    monkeypatch.delenv("OPERATOR_TOKEN", raising=False)
    with pytest.raises(Missing):
        await run(echo, monkeypatch, "rebuild", "names")

    monkeypatch.setenv("OPERATOR_TOKEN", token("auditor"))
    assert await run(echo, monkeypatch, "rebuild", "names") == (1, "forbidden")


async def test_an_operator_looks_after_what_is_parked(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """List, show, replay, discard and, as another person, confirm."""
    await echo.running.hearing.hear(b"{")
    monkeypatch.setenv("OPERATOR_TOKEN", token("operator", person="p-first"))

    [one] = (await run(echo, monkeypatch, "parked", "list", "--state", "parked"))["items"]
    shown = await run(echo, monkeypatch, "parked", "show", one["id"])
    assert (shown["message"]["id"], shown["bytes"]) == (one["id"], 1)
    assert await run(echo, monkeypatch, "parked", "replay", one["id"]) == (1, "message-unreadable")
    replays = await run(echo, monkeypatch, "parked", "replay", "--reaction", "*")
    assert replays["replayed"] == 0
    await run(echo, monkeypatch, "parked", "discard", one["id"], "--reason", "not ours")
    refused = await run(echo, monkeypatch, "parked", "confirm", one["id"])
    assert refused == (1, "second-person-required")

    monkeypatch.setenv("OPERATOR_TOKEN", token("operator", person="p-second"))
    confirmed = await run(echo, monkeypatch, "parked", "confirm", one["id"])
    assert confirmed["state"] == "discarded"


async def test_an_operators_token_is_replaced_in_its_file(
    echo: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It lives for minutes: each request of a long piece of work takes the one that is there."""
    monkeypatch.setenv("API_URL", f"http://127.0.0.1:{echo.port}")
    monkeypatch.setenv("OPERATOR_TOKEN_FILE", str(file := tmp_path / "token"))
    file.write_text(token("operator", lives=-3600))

    async with asking() as asker:
        ended = await asker.ask("GET", "/echo/v1/operations/resendings")
        file.write_text(token("operator"))
        renewed = await asker.ask("GET", "/echo/v1/operations/resendings")

    assert (ended.status, renewed.status) == (401, 200)
