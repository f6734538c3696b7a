"""Everybody can use the page: axe finds nothing, it fits narrow windows and large text, and it holds still."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from slack_sdk.errors import SlackApiError

from sandbox.server import Sandbox
from tests.browser.gallery import EVERY_INPUT, HOME, LONG, MESSAGES, NOT_DRAWN, PICKER, Gallery, gallery, picture
from tests.browser.guard import Guard

pytestmark = pytest.mark.long

DESK, PHONE = (1280, 900), (390, 800)
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
SMALLEST_TARGET = 24
"""In pixels, of WCAG 2.2's level AA."""


@pytest.fixture(scope="module")
def shown(browser: Browser) -> Iterator[Gallery]:  # noqa: ARG001 - nothing is started without one
    with gallery() as running:
        for who in ("Amara Okafor", "cohort"):
            for blocks in MESSAGES:
                running.post(who, blocks)
        running.client.files_upload_v2(
            channel=running.channel("cohort").id, content=picture(), filename="chart.png", alt_txt="a chart"
        )
        first = running.post("cohort", text=LONG)
        running.client.chat_postMessage(channel=running.channel("cohort").id, text="A reply", thread_ts=first)
        running.client.chat_postEphemeral(
            channel=running.channel("cohort").id, user=running.member("Amara Okafor").id, text="For you alone"
        )
        running.client.views_publish(user_id=running.member("Amara Okafor").id, view=HOME)
        running.sandbox.driver.member("Amara Okafor").types("/nonsense", in_="#cohort")
        yield running


@pytest.fixture
def sandbox(shown: Gallery) -> Sandbox:
    shown.closes_everything()
    shown.sandbox.disarm()
    return shown.sandbox


@pytest.fixture
def visit(context: BrowserContext, shown: Gallery) -> Callable[..., Page]:
    """``visit("cohort", size=PHONE)``: a page of Amara's at a place."""

    def visited(place: str = "app", size: tuple[int, int] = DESK) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(shown.address("Amara Okafor", place))
        page.locator("h1").wait_for()
        return page

    return visited


def violations(page: Page) -> list[str]:
    """What axe finds: each rule, and where."""
    results = Axe().run(page, options={"runOnly": list(TAGS), "resultTypes": ["violations"]})
    return [
        f"{found['id']}: {node['target']} {node['html'][:160]} {node['failureSummary'][:200]}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


def fits(page: Page) -> bool:
    """Whether nobody has to scroll the page from side to side."""
    return bool(page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"))


@SIZES
def test_axe_finds_nothing_wrong_with_any_block(visit: Callable[..., Page], size: tuple[int, int]) -> None:
    page = visit("app", size=size)
    expect(page.locator("#messages > li.message")).to_have_count(len(MESSAGES))
    page.locator(".twin-button").first.click()
    expect(page.locator(".twin")).to_be_visible()
    assert violations(page) == []
    for details in page.locator("#messages details > summary").all():
        details.press("Enter")
    assert violations(page) == []
    for details in page.locator("#messages details > summary").all():
        details.press("Escape")
    page.get_by_role("button", name="Danger").click()
    expect(page.locator("#confirm")).to_be_visible()
    assert violations(page) == []
    assert fits(page)


@SIZES
def test_axe_finds_nothing_wrong_with_a_form_its_errors_and_its_trouble(
    visit: Callable[..., Page], shown: Gallery, size: tuple[int, int]
) -> None:
    page = visit("app", size=size)
    shown.opens("Amara Okafor", EVERY_INPUT)
    dialog = page.locator("#modal[open]")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator(".error")).to_have_count(len(EVERY_INPUT["blocks"]) - len(NOT_DRAWN))
    dialog.locator(".several > summary").first.click()
    dialog.locator(".twin-button").click()
    expect(dialog.locator(".twin")).to_be_visible()
    assert violations(page) == []
    shown.closes_everything()
    shown.opens("Amara Okafor", PICKER)
    dialog.get_by_label("Name").fill("Amara")
    dialog.get_by_label("Well").check()
    shown.sandbox.arm("lost_ack", method="view_submission")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator(".trouble")).to_have_count(1)
    dialog.get_by_role("button", name="Another").click()
    expect(dialog.get_by_label("Deeper")).to_be_visible()
    assert violations(page) == []
    assert fits(page)


@SIZES
def test_axe_finds_nothing_wrong_with_any_place(
    visit: Callable[..., Page], shown: Gallery, size: tuple[int, int]
) -> None:
    page = visit("app/home", size=size)
    expect(page.locator("#home .block").first).to_be_visible()
    page.locator("#home .twin-button").click()
    expect(page.locator(".twin")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="About", exact=True).click()
    expect(page.locator("#about")).to_be_visible()
    assert violations(page) == []
    page.goto(shown.address("Amara Okafor", "attic"))
    expect(page.get_by_text("#attic is archived.")).to_be_visible()
    assert violations(page) == []
    page.goto(shown.address("Amara Okafor", "cohort"))
    expect(page.locator(".ephemeral")).to_be_visible()
    page.get_by_role("link", name="1 reply").click()
    expect(page.locator("#thread")).to_be_visible()
    assert violations(page) == []
    assert fits(page)


@SIZES
def test_axe_finds_nothing_wrong_with_what_opens_around_a_place(
    visit: Callable[..., Page], shown: Gallery, size: tuple[int, int]
) -> None:
    page = visit("cohort", size=size)
    if size == PHONE:
        page.get_by_role("button", name="Move time").click()
    page.get_by_role("button", name="One day").click()
    expect(page.locator("#meanwhile")).to_contain_text("Ben Li: 1 message")
    page.locator(".coming > summary").click()
    expect(page.locator("#coming li")).to_have_count(30)
    shown.sandbox.driver.member("Amara Okafor").types("/nonsense")
    expect(page.locator("#notices li")).to_contain_text("/nonsense is not a valid command.")
    page.locator("#composer").fill("/")
    expect(page.locator("#completions")).to_be_visible()
    if size == PHONE:
        page.get_by_role("button", name="Conversations").click()
    expect(page.locator("#conversations")).to_be_visible()
    assert violations(page) == []
    page.locator(".coming > summary").click()
    page.locator("#composer").fill("")
    with contextlib.suppress(SlackApiError):
        shown.client.chat_postMessage(channel="C0NOWHERE0", text="lost")
    page.get_by_role("button", name="Developer").click()
    page.locator("#fault-method").fill("chat.update")
    page.get_by_role("button", name="Arm", exact=True).click()
    expect(page.locator("#armed li")).to_have_count(1)
    page.locator("#calls li.failed > button").first.click()
    page.locator("#deliveries li > button").first.click()
    expect(page.locator("#developer pre")).to_have_count(2)
    assert violations(page) == []
    assert fits(page)


def test_axe_would_find_what_is_wrong(visit: Callable[..., Page]) -> None:
    page = visit("cohort")
    page.evaluate("() => document.body.append(document.createElement('img'))")
    assert [found.split(":")[0] for found in violations(page)] == ["image-alt"]


def test_nothing_is_lost_at_320_pixels_and_at_four_times_the_size(visit: Callable[..., Page], shown: Gallery) -> None:
    page = visit("app", size=(320, 800))
    main = page.locator("#log, #home, #about")
    for place in ("app", "cohort", "app/home", "app/about"):
        page.goto(shown.address("Amara Okafor", place))
        expect(page.locator(f'a[aria-current][href="#/{page.url.partition("#/")[2]}"]').first).to_be_attached()
        for height in (800, 256):
            page.set_viewport_size({"width": 320, "height": height})
            assert fits(page), (place, height)
            main.scroll_into_view_if_needed()
            assert main.evaluate("(one) => one.clientHeight") >= 100, (place, height)


def test_a_form_fits_a_narrow_and_low_window(visit: Callable[..., Page], shown: Gallery) -> None:
    page = visit("app", size=(320, 256))
    shown.opens("Amara Okafor", EVERY_INPUT)
    send = page.locator("#modal .submit")
    expect(send).to_be_in_viewport(ratio=1)
    last = page.locator("#modal [data-action]").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    wider = """(dialog) => [dialog, ...dialog.querySelectorAll("div, fieldset")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.outerHTML.slice(0, 90))"""
    assert page.locator("#modal").evaluate(wider) == []


def test_text_of_twice_the_size_is_twice_as_large_and_still_fits(visit: Callable[..., Page]) -> None:
    page = visit("cohort")
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    body, composer = page.locator("#messages .body").last, page.locator("#composer")
    before = [each.evaluate(size) for each in (body, composer)]
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert [each.evaluate(size) for each in (body, composer)] == [2 * each for each in before]
    assert fits(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert fits(page)
    expect(composer).to_be_in_viewport()


def test_nothing_moves_where_that_was_asked_for(visit: Callable[..., Page]) -> None:
    page = visit("app")
    turning = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    page.locator("#messages button").first.evaluate("(button) => button.setAttribute('aria-busy', 'true')")
    assert page.evaluate(turning) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(turning) == 1


_SMALL = """(smallest) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter((one) => one.checkVisibility({opacityProperty: true, visibilityProperty: true}))
    .filter((one) => !one.matches(".skip, .link"))  // not there before it has the focus; within a sentence
    .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.width < smallest || box.height < smallest)
    .map(([one, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 120)}`)"""


def test_on_a_phone_everything_can_be_touched(browser: Browser, shown: Gallery, guard: Guard, sandbox: Sandbox) -> None:
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, is_mobile=True)
    guard.watch(context)
    page = context.new_page()
    page.goto(shown.address("Amara Okafor"))
    places = page.get_by_role("navigation", name="Conversations")
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Conversations").tap()
    expect(places).to_be_visible()
    page.get_by_role("button", name="Move time").tap()
    page.locator(".coming > summary").tap()
    assert page.evaluate(_SMALL, SMALLEST_TARGET) == []
    page.locator(".coming > summary").tap()
    places.get_by_role("link", name="cohort").tap()
    expect(page.get_by_role("heading", name="# cohort")).to_be_visible()
    expect(places).to_be_hidden()
    for summary in page.locator("#messages summary").all():
        summary.tap()
    page.get_by_role("button", name="Developer").tap()
    expect(page.locator("#calls li").first).to_be_visible()
    assert page.evaluate(_SMALL, SMALLEST_TARGET) == []
    page.get_by_role("button", name="Developer").tap()
    shown.opens("Amara Okafor", EVERY_INPUT)
    expect(page.locator("#modal[open]")).to_be_visible()
    for summary in page.locator("#modal summary").all():
        summary.tap()
    assert page.evaluate(_SMALL, SMALLEST_TARGET) == []
    assert fits(page)
    context.close()
    assert guard.broken == []
    assert sandbox.url == guard.origin
