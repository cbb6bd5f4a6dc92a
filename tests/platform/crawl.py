"""Everything that a visitor can reach from the first page by following what the pages name."""

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests

PATIENCE: Final = 60.0
NAMES: Final = ("href", "src", "action", "data-health", "data-live")


@dataclass(slots=True)
class Found:
    """What answered, by its path, with its media type; and what is wrong, by where it was named."""

    kinds: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class _Named(HTMLParser):
    """The addresses that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in NAMES and value]


def crawl(url: str) -> Found:
    """From the first page on, without a token, every address of a page, a style, a script."""
    found, asked = Found(), {"/"}
    ahead = deque([("/", "the address itself")])
    with requests.Session() as visitor:
        while ahead:
            path, named_by = ahead.popleft()
            answer = visitor.get(f"{url}{path}", timeout=PATIENCE, allow_redirects=False)
            kind = answer.headers.get("Content-Type", "").partition(";")[0]
            found.kinds[path] = kind
            if answer.status_code != 200:
                found.wrong.append(f"{path}, named by {named_by}: {answer.status_code}")
            for address in _named(answer.text) if kind == "text/html" else []:
                whole = urlsplit(urljoin(f"{url}{path}", address))
                following = whole._replace(scheme="", netloc="", fragment="").geturl()
                if whole.scheme != "data" and f"{whole.scheme}://{whole.netloc}" != url:
                    found.wrong.append(f"{path} names an address elsewhere: {address}")
                elif whole.scheme != "data" and following not in asked:
                    asked.add(following)
                    ahead.append((following, path))
    return found


def _named(page: str) -> list[str]:
    reader = _Named()
    reader.feed(page)
    return reader.addresses
