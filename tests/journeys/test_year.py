"""The year of 都江堰, played whole by an ordinary client on the embedded platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.embedded.platform import service_names
from tests.platform.crawl import crawl
from tests.platform.running import explore, resumed, strangers
from tests.proof.year import clean, play


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the year is played; its platform is down between the tests."""
    folder = tmp_path_factory.mktemp("year") / "home"
    yield folder
    clean(folder)


def test_the_year_holds_and_repeats(home: Path) -> None:
    """Every figure holds; a second run repeats every command and creates nothing new."""
    first, _ = play(home, processes=False)
    again, _ = play(home, processes=False)

    assert first is not None
    assert first == again


def test_strangers_see_and_break_nothing(home: Path) -> None:
    """Every operation, called rightly and wrongly by two organisations and by the city, answers
    as its document says, and nobody sees what is another's; an owner would have seen it."""
    with resumed(home) as url:
        report = explore(home, url, 1).report
        itself = strangers(home, url, same=True)
        itself.learn()
        itself.try_everything(["procurement"], 1)

    assert report.findings == {}, report.written()
    assert report.operations > 200
    assert report.calls > report.operations
    assert itself.report.findings


def test_the_pages_open_where_services_run_apart(home: Path) -> None:
    """Behind the proxy of `PROCESSES=1` a visitor reaches each page, style, script, health and API
    document that the pages name, at one address and at no other."""
    with resumed(home, processes=True) as url:
        found = crawl(url)

    assert found.wrong == []
    agreements = [path for path in found.kinds if "/pages/agreements/" in path]
    assert len(agreements) > 5
    assert found.kinds["/notifications/pages/page.css"] == "text/css"
    assert found.kinds["/notifications/pages/page.js"] == "text/javascript"
    for name in service_names():
        assert found.kinds[f"/{name}/docs"] == "text/html"
        assert found.kinds[f"/{name}/docs/files/swagger-ui.css"] == "text/css"
        assert found.kinds[f"/{name}/health"] == "application/json"
