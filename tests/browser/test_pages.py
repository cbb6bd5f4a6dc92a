"""The pages in a real browser: narrow and wide, by keyboard, to a checker, and without script."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from libs.common.testing import Stage
from services.notifications.store.journeys import AT_MOST
from tests.services.notifications.conftest import tell_agreement
from tests.services.notifications.played import LATE, PAID, tell_agreements

BASE: Final = "/notifications/pages"
PATHS: Final = (
    "/",
    f"{BASE}/agreements",
    f"{BASE}/agreements/{PAID}",
    f"{BASE}/agreements/{LATE}",
    f"{BASE}/events",
    f"{BASE}/events/evaluation.result.sealed.v1",
)
WIDTHS: Final = (360, 1280)
LONG: Final = 60_000
"""Milliseconds: the machine may be busy."""
REACHABLE: Final = "a[href], button:not([disabled]), summary, [tabindex='0']"
every_width = pytest.mark.parametrize("width", WIDTHS)


@asynccontextmanager
async def opened(
    browser: Browser, stage: Stage, path: str, *, width: int = 1280, **more: Any
) -> AsyncIterator[Page]:
    """The page in a window of that width; it must ask for nothing elsewhere and raise nothing."""
    origin = f"http://127.0.0.1:{stage.port}"
    window = await browser.new_context(viewport={"width": width, "height": 800}, **more)
    window.set_default_timeout(LONG)
    page = await window.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    await page.goto(f"{origin}{path}")
    yield page
    assert [url for url in asked if not url.startswith((f"{origin}/", "data:"))] == []
    assert wrong == []
    await window.close()


@every_width
async def test_no_page_is_wider_than_its_window(
    browser: Browser, played: Stage, width: int
) -> None:
    """Nobody has to move a page sideways to read it, with names of any length."""
    for path in PATHS:
        async with opened(browser, played, path, width=width) as page:
            assert await page.evaluate("document.documentElement.scrollWidth") == width, path


@every_width
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_checker_of_accessibility_finds_nothing_serious(
    browser: Browser, played: Stage, width: int, scheme: str
) -> None:
    """axe-core has no serious or critical finding on any page, opened as far as it opens."""
    serious = []
    for path in PATHS:
        async with opened(browser, played, path, width=width, color_scheme=scheme) as page:
            for summary in await page.locator("summary").all():
                await summary.click()
            found = (await Axe().run(page)).response["violations"]
            serious += [
                (path, finding["id"], finding["nodes"][0]["html"])
                for finding in found
                if finding["impact"] in ("serious", "critical")
            ]
    assert serious == []


@every_width
async def test_the_keyboard_reaches_everything(browser: Browser, played: Stage, width: int) -> None:
    """Tab comes to each link, button and list in turn, where it can be seen to be; the first of
    all leads past the head of the page."""
    for path in PATHS:
        async with opened(browser, played, path, width=width) as page:
            # Until the script has looked after the services, their health is a link.
            await expect(page.locator("[data-health] a")).to_have_count(0, timeout=LONG)
            expected = await page.locator(REACHABLE).evaluate_all(
                "all => all.filter(one => one.checkVisibility()).length"
            )
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.className") == "skip"
            seen = 0
            while await page.evaluate(FOCUS):
                seen += 1
                await page.keyboard.press("Tab")
            assert seen == expected, path


FOCUS: Final = """() => {
  const one = document.activeElement;
  if (one === document.body || one.dataset.been) return false;
  one.dataset.been = "yes";
  const style = getComputedStyle(one);
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)
    throw new Error(`focus cannot be seen on ${one.outerHTML}`);
  return true;
}"""


async def test_a_page_is_whole_without_script(browser: Browser, played: Stage) -> None:
    """Headings, landmarks and tables are there; health is a link, and no button is idle."""
    for path in PATHS:
        async with opened(browser, played, path, java_script_enabled=False) as page:
            assert await page.locator("h1").count() == 1
            assert await page.locator("header, nav, main, footer").count() == 4
            tables = await page.locator("table").count()
            assert await page.locator("table > caption").count() == tables
            assert await page.locator("th:not([scope])").count() == 0
            assert await page.locator("button:visible").count() == 0
            health = await page.locator("[data-health] a").count()
            assert health == (6 if path == "/" else 0)


async def test_the_script_tells_health_and_follows_events(browser: Browser, played: Stage) -> None:
    """The service that runs is well, the five that are not here do not answer; what happens
    appears by itself, unless the reader has paused it."""
    async with opened(browser, played, "/") as page:
        await page.locator("[data-health] .mark.done").wait_for()
        await page.locator("[data-health] .bad").nth(4).wait_for()
        assert "正常" in await page.locator("[data-health='/notifications/health']").inner_text()

        await tell_agreement(played)

        await page.locator(".live li.new", has_text="友爱社区居家养老服务").wait_for()
        pause = page.get_by_role("button", name="暂停更新")
        await pause.press("Enter")
        assert await pause.get_attribute("aria-pressed") == "true"


@every_width
async def test_the_list_of_agreements_is_turned_by_keyboard(
    browser: Browser, played: Stage, width: int
) -> None:
    """From the first page to the agreements after it and back; where one is, is said in words."""
    await tell_agreements(played, AT_MOST)
    async with opened(browser, played, "/", width=width, java_script_enabled=False) as page:
        await page.get_by_role("link", name="更多协议").press("Enter")
        turn = page.get_by_role("navigation", name="翻页")
        assert await page.get_by_role("rowheader").count() == 2
        assert await turn.get_by_role("link", name="下一页").count() == 0

        await turn.get_by_role("link", name="回到最新").press("Enter")

        assert await page.get_by_role("rowheader").count() == AT_MOST
        await (
            page.get_by_role("navigation", name="翻页")
            .get_by_role("link", name="下一页")
            .press("Enter")
        )
        assert await page.get_by_role("rowheader", name="友爱社区居家养老服务").count() == 1


async def test_a_score_opens_to_what_it_is_made_of(browser: Browser, played: Stage) -> None:
    """From the overview by link to the agreement, and there by keyboard to the parts."""
    async with opened(browser, played, "/", width=360) as page:
        await page.get_by_role("link", name="友爱社区居家养老服务").last.click()
        summary = page.locator("summary").first
        await summary.press("Enter")

        assert await page.get_by_text("生日会 · 12 · 100%").is_visible()
