"""A Chromium for each worker while it is in this folder, a guarded context for each test, and a workspace on a page."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import LEFT_OUT, flags, found
from tests.browser.guard import Guard
from tests.browser.person import PageWorkspace
from tour.running import Running, running

WIDTH, HEIGHT = 1280, 900
SCALE = 1.5
"""Pixels for each pixel of the page, so that its pictures are sharp."""
PATIENCE_MS = 15_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They come one after another, whatever the order of the rest: one browser then serves them all."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)


# For this folder and not for the session: while Playwright is up, no other test of the worker could run a loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, headless. Without one the test is skipped, or fails where BROWSER=required is set."""
    path = found()
    if path is None:
        leave = pytest.fail if os.environ.get("BROWSER") == "required" else pytest.skip
        leave(LEFT_OUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def sandbox(browser: Browser, tmp_path: Path) -> Iterator[Running]:  # noqa: ARG001 - nothing is started without one
    """The workspace with the story's cast and the bot, as processes, their files in ``tmp_path / "tour"``."""
    folder = tmp_path / "tour"
    folder.mkdir()
    with running(folder) as up:
        yield up


@pytest.fixture
def guard(sandbox: Running) -> Guard:
    """What the pages of this test may not do; a test that provokes something adds its pattern to ``expects``."""
    return Guard(sandbox.url)


@pytest.fixture
def context(browser: Browser, guard: Guard) -> Iterator[BrowserContext]:
    """A fresh, guarded context: no request elsewhere, no error in the console, no policy broken, no dialog."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=SCALE,
        locale="en-GB",
        timezone_id="Europe/London",
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    guard.watch(context)
    try:
        yield context
    finally:
        context.close()
    assert not guard.broken, "\n".join(guard.broken)


@pytest.fixture
def on_page(context: BrowserContext, sandbox: Running) -> PageWorkspace:
    """The workspace as one page, on which a hand can be every member."""
    page = context.new_page()
    page.goto(f"{sandbox.url}/")
    return PageWorkspace(page)


@pytest.fixture
def page_at(context: BrowserContext, sandbox: Running) -> Callable[[str, str], Page]:
    """``page_at("Amara Okafor", "app")``: a page of its own for a member, at a place of the page's address."""

    def opened(member: str, place: str = "app") -> Page:
        page = context.new_page()
        page.goto(f"{sandbox.url}/#/{sandbox.slack.member(member).id}/{place}")
        return page

    return opened
