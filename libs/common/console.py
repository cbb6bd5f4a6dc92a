"""An operator's command line: it asks the service's own API, so that every rule there holds."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from libs.common.asking import asking
from libs.common.publisher import EVERYBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of the API, below `/<service>/v1/operations`."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    """What the command line calls a part of the body, if not as the body does."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What operators ask for, beside what starts and migrates the service."""
    rebuild = commands.add_parser("rebuild", help="empty a view and have it filled again")
    rebuild.add_argument("view")
    rebuild.set_defaults(ask=lambda c: _command(f"views/{c.view}/rebuild"))
    resend = commands.add_parser("resend", help="publish events again, to one service or to all")
    resend.add_argument("--to", default=EVERYBODY, help="the service that is to get them")
    resend.add_argument("--type", action="append", default=[], help="without it, every type")
    resend.add_argument("--from", required=True, dest="since", help="an instant, RFC 3339")
    resend.add_argument("--until", required=True, help="an instant, RFC 3339")
    resend.set_defaults(ask=_resending)
    listing = commands.add_parser("resendings", help="how far what is sent again has come")
    listing.set_defaults(ask=lambda _: Request(method="GET", path="resendings"))
    missing = commands.add_parser("differences", help="what has been told and is not here")
    missing.set_defaults(ask=lambda _: Request(method="GET", path="differences"))
    _add_parked(commands.add_parser("parked", help="what waits, or needs a person"))


def _add_parked(parked: argparse.ArgumentParser) -> None:
    commands = parked.add_subparsers(dest="what", required=True)
    listing = commands.add_parser("list", help="all, or of one state, reaction or type")
    show = commands.add_parser("show", help="one, without the values that it carries")
    replay = commands.add_parser("replay", help="hand one, or all that are named, to its reaction")
    discard = commands.add_parser("discard", help="propose that one is never dealt with")
    confirm = commands.add_parser("confirm", help="as another person: discard it")
    listing.add_argument("--state", choices=["waiting", "parked", "discarded"])
    for parser in (listing, replay):
        parser.add_argument("--reaction")
        parser.add_argument("--type")
    for parser in (show, discard, confirm):
        parser.add_argument("id")
    replay.add_argument("id", nargs="?", help="without it, all of that reaction or type")
    discard.add_argument("--reason", required=True)
    listing.set_defaults(ask=_listing)
    show.set_defaults(ask=lambda c: Request(method="GET", path=f"parked/{c.id}"))
    replay.set_defaults(ask=_replay)
    discard.set_defaults(ask=_discard)
    confirm.set_defaults(ask=lambda c: _command(f"parked/{c.id}/discard/confirmation"))


def _command(path: str, body: dict[str, Any] | None = None) -> Request:
    return Request(method="POST", path=path, body=body)


def _listing(chosen: argparse.Namespace) -> Request:
    named = {name: getattr(chosen, name) for name in ("state", "reaction", "type")}
    query = urlencode({"limit": 200, **{name: text for name, text in named.items() if text}})
    return Request(method="GET", path=f"parked?{query}")


def _replay(chosen: argparse.Namespace) -> Request:
    if chosen.id:
        return _command(f"parked/{chosen.id}/replay")
    return _command("parked/replays", {"reaction": chosen.reaction, "type": chosen.type})


def _discard(chosen: argparse.Namespace) -> Request:
    return _command(f"parked/{chosen.id}/discard", {"reason": chosen.reason})


def _resending(chosen: argparse.Namespace) -> Request:
    body = {
        "receiver": chosen.to,
        "types": chosen.type,
        "since": chosen.since,
        "until": chosen.until,
    }
    options = {"/receiver": "--to", "/types": "--type", "/since": "--from", "/until": "--until"}
    return Request(method="POST", path="resendings", body=body, options=options)


async def run(service: str, request: Request, show: Callable[[str], None] = print) -> None:
    """Ask, show the answer, and end with status 1 if it is a refusal."""
    async with asking() as asker:
        path = f"/{service}/v1/operations/{request.path}"
        answer = await asker.ask(request.method, path, request.body)
    if answer.refused:
        _name_options(answer.body, request.options)
    show(json.dumps(answer.body, ensure_ascii=False, indent=2))
    if answer.refused:
        raise SystemExit(1)
    if request.body and _ends_earlier(request.body.get("until"), answer.body.get("until")):
        print(
            f"--until lies in the future: sent is what was told before {answer.body['until']}.",
            file=sys.stderr,
        )


def _name_options(refusal: dict[str, Any], options: Mapping[str, str]) -> None:
    """A fault stands where the person can mend it: in an option of the command."""
    for fault in refusal.get("errors", []):
        first, place = _split(fault["pointer"])
        fault["pointer"] = options.get(first, first) + place


def _split(pointer: str) -> tuple[str, str]:
    """`/types/0` → `/types` and `/0`."""
    first, slash, rest = pointer.removeprefix("/").partition("/")
    return f"/{first}", slash + rest


def _ends_earlier(asked: str | None, kept: str | None) -> bool:
    """Whether less was taken on than was asked for."""
    if asked is None or kept is None:
        return False
    return datetime.fromisoformat(kept) < datetime.fromisoformat(asked)
