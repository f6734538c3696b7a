"""Ten thousand messages in a channel, and as many calls and deliveries: the page holds a window on them."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from sandbox.page.screen import WINDOW
from sandbox.record import Call, Delivery
from sandbox.server import Sandbox
from sandbox.workspace import Message
from tests.browser.gallery import Gallery, gallery

pytestmark = pytest.mark.long

MANY = 10_000
QUIET_MS = 300
"""When nothing has been asked for this long, the page is at rest."""


@pytest.fixture(scope="module")
def shown(browser: Browser) -> Iterator[Gallery]:  # noqa: ARG001 - nothing is started without one
    with gallery() as running:
        service, workspace = running.sandbox.service, running.sandbox.workspace
        channel, amara = running.channel("cohort"), running.member("Amara Okafor")

        async def fill() -> None:
            for number in range(MANY):
                ts = workspace.next_ts(channel)
                user, bot = (workspace.bot_user_id, workspace.bot_id) if number % 2 else (amara.id, None)
                workspace.messages[channel.id].append(Message(ts, channel.id, user, f"Message *{number}*", bot_id=bot))
                at = workspace.now().isoformat()
                service.calls.append(Call(number + 1, "chat.postMessage", {"text": "x" * 200}, at, 200, {"ok": True}))
                payload = {"type": "event_callback", "event": {"text": "x" * 200}}
                service.hub.deliveries.append(Delivery(number + 1, "events_api", "message", payload, at, acked=True))
            workspace.touch()

        running.sandbox.run(fill)
        yield running


@pytest.fixture
def sandbox(shown: Gallery) -> Sandbox:
    return shown.sandbox


@pytest.fixture
def asked() -> list[str]:
    """The paths that the page has asked for."""
    return []


@pytest.fixture
def page(context: BrowserContext, shown: Gallery, asked: list[str]) -> Page:
    def ask(request: Request) -> None:
        asked.append(f"{request.method} {request.url.split('?')[0].removeprefix(shown.sandbox.url)}")

    page = context.new_page()
    page.on("request", ask)
    page.goto(shown.address("Amara Okafor", "cohort"))
    expect(page.locator("#messages > li.message")).to_have_count(WINDOW)
    rests(page, asked)
    return page


def rests(page: Page, asked: list[str]) -> None:
    """Return when the page has asked for nothing for a while."""
    quiet, before = time.monotonic(), len(asked)
    while time.monotonic() - quiet < QUIET_MS / 1000:
        page.wait_for_timeout(20)
        if len(asked) != before:
            quiet, before = time.monotonic(), len(asked)


def first_and_last(page: Page) -> tuple[str, str]:
    bodies = page.locator("#messages > li.message .body")
    assert bodies.count() <= WINDOW
    return bodies.first.inner_text(), bodies.last.inner_text()


def test_the_page_shows_the_latest_and_goes_back_to_the_first_and_on_again(page: Page) -> None:
    assert first_and_last(page) == (f"Message {MANY - WINDOW}", f"Message {MANY - 1}")
    expect(page.locator("#messages > li.message").last).to_be_in_viewport()
    window = page.locator(".window").first
    expect(window).to_contain_text(f"{MANY - WINDOW + 1} to {MANY} of {MANY} messages.")
    page.get_by_role("button", name="Show earlier messages").click()
    expect(window).to_contain_text(f"to {MANY - WINDOW + 20} of")
    first, last = first_and_last(page)
    assert (first, last) == (f"Message {MANY - 2 * WINDOW + 20}", f"Message {MANY - WINDOW + 19}")
    expect(page.locator("#log")).to_be_focused()
    page.get_by_role("button", name="To the first").click()
    expect(page.locator("#messages .body").first).to_have_text("Message 0")
    assert first_and_last(page) == ("Message 0", f"Message {WINDOW - 1}")
    expect(page.get_by_role("button", name="Show earlier messages")).to_have_count(0)
    page.get_by_role("button", name="Show later messages").click()
    expect(page.locator("#messages .body").last).to_have_text(f"Message {2 * WINDOW - 21}")
    page.get_by_role("button", name="To the latest").click()
    expect(page.locator("#messages .body").last).to_have_text(f"Message {MANY - 1}")
    expect(page.get_by_role("button", name="To the latest")).to_have_count(0)


def test_the_document_stays_small_wherever_one_has_been(page: Page, shown: Gallery, asked: list[str]) -> None:
    nodes = "() => document.querySelectorAll('*').length"
    at_first = page.evaluate(nodes)
    for _ in range(3):
        page.get_by_role("button", name="Show earlier messages").click()
        rests(page, asked)
    assert page.locator("#messages > li.message").count() == WINDOW
    page.get_by_role("button", name="To the latest").click()
    page.get_by_role("button", name="Developer").click()
    expect(page.locator("#calls > li")).to_have_count(100)
    expect(page.locator("#deliveries > li")).to_have_count(100)
    page.locator("#calls > li > button").first.click()
    expect(page.locator("#developer pre")).to_have_count(1)
    page.get_by_role("button", name="Developer").click()
    for number in range(30):
        shown.post("evaluation", text=f"Elsewhere {number}")
    rests(page, asked)
    assert page.evaluate(nodes) <= at_first + 20
    there = shown.sandbox.workspace.messages[shown.channel("evaluation").id]
    there.clear()


def test_a_message_is_there_at_once_in_the_latest_window_and_moves_no_other(
    page: Page, shown: Gallery, asked: list[str]
) -> None:
    there = shown.sandbox.workspace.messages[shown.channel("cohort").id]
    shown.post("cohort", text="The newest")
    expect(page.locator("#messages .body").last).to_have_text("The newest")
    expect(page.locator("#messages > li.message").last).to_be_in_viewport()
    assert page.locator("#messages > li.message").count() == WINDOW
    page.get_by_role("button", name="Show earlier messages").click()
    expect(page.get_by_role("button", name="To the latest")).to_be_visible()
    rests(page, asked)
    before = first_and_last(page)
    top = page.locator("#log").evaluate("(log) => (log.scrollTop = 700)")
    shown.post("cohort", text="Newer still")
    rests(page, asked)
    assert first_and_last(page) == before
    assert page.locator("#log").evaluate("(log) => log.scrollTop") == top
    page.get_by_role("button", name="To the latest").click()
    expect(page.locator("#messages .body").last).to_have_text("Newer still")
    del there[-2:]


def test_who_reads_further_up_in_the_latest_window_is_not_moved(page: Page, shown: Gallery, asked: list[str]) -> None:
    there = shown.sandbox.workspace.messages[shown.channel("cohort").id]
    page.locator("#log").hover()
    page.mouse.wheel(0, -1500)
    rests(page, asked)
    reading = page.locator("#messages > li.message").filter(has_text=f"Message {MANY - 50}")
    reading.scroll_into_view_if_needed()
    page.wait_for_timeout(50)
    before = reading.bounding_box()
    for number in range(5):
        shown.post("cohort", text=f"Below {number}")
    rests(page, asked)
    expect(page.locator("#messages .body").last).to_have_text("Below 4")
    after = reading.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 3
    del there[-5:]


def test_a_change_is_asked_for_once_and_many_at_once_not_many_times(
    page: Page, shown: Gallery, asked: list[str]
) -> None:
    there = shown.sandbox.workspace.messages[shown.channel("cohort").id]
    asked.clear()
    shown.post("evaluation", text="One, elsewhere")
    rests(page, asked)
    assert asked == ["GET /page/screen"]
    asked.clear()
    shown.post("cohort", text="One, here")
    rests(page, asked)
    # What is seen is read, and that is a change of its own.
    assert sorted(set(asked)) == ["GET /page/screen", "POST /page/read"]
    assert len(asked) <= 4
    asked.clear()

    async def burst() -> None:
        channel, workspace = shown.channel("cohort"), shown.sandbox.workspace
        for number in range(200):
            ts = workspace.next_ts(channel)
            workspace.post(Message(ts, channel.id, workspace.bot_user_id, f"Many {number}", bot_id=workspace.bot_id))

    shown.sandbox.run(burst)
    expect(page.locator("#messages .body").last).to_have_text("Many 199")
    rests(page, asked)
    assert len(asked) <= 8, asked
    shown.sandbox.workspace.messages[shown.channel("evaluation").id].clear()
    del there[MANY:]


def test_what_was_sent_is_seen_though_there_is_much_unread(context: BrowserContext, shown: Gallery) -> None:
    channel = shown.channel("cohort")
    there = shown.sandbox.workspace.messages[channel.id]
    shown.sandbox.workspace.reads[shown.member("Ben Li").id, channel.id] = there[MANY - 60].ts
    page = context.new_page()
    page.goto(shown.address("Ben Li", "cohort"))
    expect(page.locator("#messages > li.new")).to_have_count(1)
    page.locator("#composer").fill("Here I am")
    page.locator("#composer").press("Enter")
    mine = page.locator("#messages > li.message").last
    expect(mine.locator(".body")).to_have_text("Here I am")
    expect(mine).to_be_in_viewport()
    del there[MANY:]
