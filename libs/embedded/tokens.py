"""Tokens on the command line, for the identity provider that a rehearsal does not have."""

import argparse
import json
from typing import Final, TextIO

from libs.embedded.home import Home, default_folder
from libs.embedded.issuer import Issuer

HOURS: Final = 12 * 3600


def print_tokens(chosen: argparse.Namespace, lines: TextIO) -> None:
    """Print one token for the options, or with `--stdin` one for each line of claims."""
    if not default_folder().exists():
        # Made whole: `make clean` removes only what is marked as a home.
        Home(default_folder()).make()
    issuer = Issuer()
    if not chosen.stdin:
        print(sign(issuer, chosen.role, chosen.person, chosen.org, chosen.division))
        return
    # readline, not iteration: whoever asks waits for the answer before asking again.
    while line := lines.readline():
        asked = json.loads(line)
        token = sign(
            issuer,
            asked["roles"],
            asked["person"],
            asked.get("org"),
            asked.get("divisions", []),
        )
        print(token, flush=True)


def sign(
    issuer: Issuer, roles: list[str], person: str, org: str | None, divisions: list[str]
) -> str:
    """A token for a person in these roles, good for twelve hours."""
    claims = {
        "sub": f"account-of-{person}",
        "person": person,
        "roles": roles,
        "org": org,
        "divisions": divisions,
    }
    return issuer.token(claims, lifetime=HOURS)
