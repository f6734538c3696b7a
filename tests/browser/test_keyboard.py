"""Everything can be done by keyboard alone, one sees where one is, and nothing that happens takes the focus away."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandbox.server import Sandbox
from tests.browser.gallery import CONFIRM, PICKER, Gallery, gallery, mrkdwn
from tests.browser.guard import Guard
from tests.browser.keys import Keys
from tests.sandbox.conftest import actions, button, options, plain

pytestmark = pytest.mark.long

ACTIONS = [
    {"type": "section", "text": mrkdwn("What now?")},
    actions(button("Go on", "go"), {**button("Drop it", "drop"), "confirm": CONFIRM}, button("Vanish", "replace")),
    {
        "type": "section",
        "text": plain("More"),
        "accessory": {"type": "overflow", "action_id": "more", "options": options("Edit", "Copy")},
    },
]


@pytest.fixture(scope="module")
def shown(browser: Browser) -> Iterator[Gallery]:  # noqa: ARG001 - nothing is started without one
    with gallery() as running:
        yield running


@pytest.fixture
def sandbox(shown: Gallery) -> Sandbox:
    shown.closes_everything()
    shown.sandbox.disarm()
    shown.tiny.got.clear()
    return shown.sandbox


@pytest.fixture
def page(context: BrowserContext, shown: Gallery) -> Page:
    """Amara's, in a channel with a message to act on."""
    shown.post("cohort", ACTIONS)
    page = context.new_page()
    page.goto(shown.address("Amara Okafor", "cohort"))
    page.locator("#messages > li.message").first.wait_for()
    return page


def test_from_the_start_of_the_page_to_a_form_and_back(
    context: BrowserContext, shown: Gallery, sandbox: Sandbox
) -> None:
    page = context.new_page()
    page.goto(f"{sandbox.url}/")
    page.locator("h1").wait_for()
    keys, composer, form = Keys(page), page.locator("#composer"), page.locator("#modal[open]")
    keys.goes_to(page.locator("#person"))
    keys.chooses(page.locator("#person"), "Ben Li")
    keys.is_on(page.locator("#person"))
    keys.goes_to(page.locator(f'nav a[data-place="{shown.channel("cohort").id}"]'))
    keys.presses("Enter")
    expect(page.get_by_role("heading", name="# cohort")).to_be_visible()
    keys.goes_to(composer)
    keys.types("/")
    chosen = page.locator("#completions [aria-selected=true]")
    while "/picker" not in str(chosen.text_content()):
        keys.presses("ArrowDown")
    keys.presses("Enter")
    expect(composer).to_have_value("/picker ")
    keys.presses("Enter")
    keys.is_on(form.locator("h2"))
    keys.goes_to(form.get_by_label("Well"))
    keys.presses("Space", "ArrowDown")
    keys.goes_to(form.get_by_label("Name"), back=True)
    keys.types("N" * 21)
    keys.goes_to(form.locator(".submit"))
    keys.presses("Enter")
    keys.is_on(form.get_by_label("Name"))
    expect(form.get_by_label("Name")).to_have_accessible_description("Please enter at most 20 characters.")
    assert not shown.tiny.of("view_submission")
    keys.presses("Control+a")
    keys.types("Ben")
    keys.goes_to(form.locator(".submit"))
    keys.presses("Space")
    expect(form).to_have_count(0)
    keys.is_on(composer)
    assert _sent(shown)["name"]["value"] == "Ben"
    assert _sent(shown)["how"]["selected_option"]["value"] == "badly"


def _sent(shown: Gallery) -> dict[str, Any]:
    values = shown.heard("view_submission")["view"]["state"]["values"]
    return {block: held["value"] for block, held in values.items()}


def test_every_kind_of_field_is_filled_in(page: Page, shown: Gallery) -> None:
    shown.opens("Amara Okafor", PICKER)
    keys, form = Keys(page), page.locator("#modal[open]")
    keys.goes_to(form.get_by_label("Name"))
    keys.types("Amara")
    keys.goes_to(form.get_by_label("Colour"))
    keys.chooses(form.get_by_label("Colour"), "Green")
    keys.goes_to(form.get_by_label("Well"))
    keys.presses("Space")
    for label in ("Tue", "Wed"):
        keys.goes_to(form.get_by_label(label))
        keys.presses("Space")
    people = form.locator('[data-block="who"]')
    keys.goes_to(people.locator("summary"))
    keys.presses("Enter")
    keys.goes_to(people.get_by_label("Cara Novak"))
    keys.presses("Space")
    expect(people.locator("summary")).to_have_text("Cara Novak")
    day = form.get_by_label("Day (")
    keys.goes_to(day)
    keys.types("12032026")
    if day.input_value() != "2026-03-12":  # this browser has the month first
        keys.presses("ArrowLeft", "ArrowLeft")
        keys.types("03122026")
    expect(day).to_have_value("2026-03-12")
    keys.goes_to(form.get_by_label("Note"))
    keys.types("One")
    keys.presses("Enter")
    keys.types("Two")
    keys.goes_to(form.locator(".submit"))
    keys.presses("Enter")
    expect(form).to_have_count(0)
    sent = _sent(shown)
    assert sent["colour"]["selected_option"]["value"] == "green"
    assert [option["value"] for option in sent["days"]["selected_options"]] == ["tue", "wed"]
    assert sent["who"]["selected_users"] == [shown.member("Cara Novak").id]
    assert sent["day"]["selected_date"] == "2026-03-12"
    assert sent["note"]["value"] == "One\nTwo"


def test_escape_closes_a_form_and_the_one_below_it_and_gives_the_focus_back(page: Page) -> None:
    keys, composer, form = Keys(page), page.locator("#composer"), page.locator("#modal[open]")
    keys.goes_to(composer)
    keys.types("/picker ")
    keys.presses("Enter")
    keys.is_on(form.locator("h2"))
    keys.goes_to(form.get_by_role("button", name="Another"))
    keys.presses("Enter")
    expect(form.get_by_label("Deeper")).to_be_visible()
    keys.presses("Escape")
    expect(form.get_by_label("Name")).to_be_visible()
    keys.presses("Escape")
    expect(form).to_have_count(0)
    keys.is_on(composer)


def test_escape_twice_at_once_leaves_on_the_page_what_is_open_in_the_workspace(page: Page, shown: Gallery) -> None:
    keys, form = Keys(page), page.locator("#modal[open]")
    shown.opens("Amara Okafor", PICKER)
    form.get_by_role("button", name="Another").click()
    expect(form.get_by_label("Deeper")).to_be_visible()
    below, deep = shown.sandbox.workspace.stack(shown.member("Amara Okafor").id)
    keys.presses("Escape", "Escape")
    expect(page.locator(f'[data-view="{deep.id}"]')).to_have_count(0)
    expect(page.locator("button[aria-busy=true]")).to_have_count(0)
    if shown.sandbox.workspace.view(below.id):
        keys.is_on(form.locator("h2"))
        keys.presses("Escape")
    expect(form).to_have_count(0)


def test_a_button_asks_first_and_then_the_focus_is_where_it_was(page: Page, shown: Gallery) -> None:
    keys, question = Keys(page), page.locator("#confirm[open]")
    drop = page.get_by_role("button", name="Drop it").last
    keys.goes_to(page.locator("#composer"))
    keys.goes_to(drop, back=True)
    keys.presses("Enter")
    keys.is_on(question.locator("h2"))
    keys.presses("Escape")
    expect(question).to_have_count(0)
    keys.is_on(drop)
    assert not shown.tiny.of("block_actions")
    keys.presses("Enter")
    keys.goes_to(question.get_by_role("button", name="Yes"))
    keys.presses("Space")
    expect(question).to_have_count(0)
    keys.is_on(drop)
    expect(page.locator("button[aria-busy=true]")).to_have_count(0)
    assert shown.heard("block_actions")["actions"][0]["action_id"] == "drop"


def test_a_menu_closes_when_something_in_it_was_chosen_or_with_escape(page: Page, shown: Gallery) -> None:
    keys, menu = Keys(page), page.locator("#messages details.overflow").last
    keys.goes_to(page.locator("#composer"))
    keys.goes_to(menu.locator("summary"), back=True)
    keys.presses("Enter")
    keys.goes_to(menu.get_by_role("button", name="Copy"))
    keys.presses("Escape")
    expect(menu.get_by_role("button", name="Copy")).to_be_hidden()
    keys.is_on(menu.locator("summary"))
    keys.presses("Enter")
    keys.goes_to(menu.get_by_role("button", name="Copy"))
    keys.presses("Enter")
    expect(menu.get_by_role("button", name="Copy")).to_be_hidden()
    keys.is_on(menu.locator("summary"))
    assert shown.heard("block_actions")["actions"][0]["selected_option"]["value"] == "copy"


def test_when_what_had_the_focus_goes_the_focus_stays_close_by(page: Page) -> None:
    keys = Keys(page)
    keys.goes_to(page.locator("#composer"))
    message = page.locator("#messages > li.message").last
    keys.goes_to(message.get_by_role("button", name="Vanish"), back=True)
    keys.presses("Enter")
    expect(message.locator(".body")).to_have_text("Replaced")
    keys.is_on(message)
    keys.presses("Tab")
    keys.is_on(message.get_by_role("link", name="Reply in thread"))


def test_a_thread_is_opened_answered_and_closed(page: Page) -> None:
    keys, message = Keys(page), page.locator("#messages > li.message").last
    keys.goes_to(page.locator("#composer"))
    keys.goes_to(message.get_by_role("link", name="Reply in thread"), back=True)
    keys.presses("Enter")
    keys.is_on(page.locator("#thread-composer"))
    keys.types("By all means")
    keys.presses("Enter")
    expect(page.locator("#thread li.message")).to_have_count(2)
    keys.is_on(page.locator("#thread-composer"))
    keys.goes_to(page.get_by_role("link", name="Close the thread"), back=True)
    keys.presses("Enter")
    expect(page.locator("#thread")).to_have_count(0)
    keys.is_on(message.get_by_role("link", name="1 reply"))


def test_time_is_moved_and_a_fault_is_armed(page: Page) -> None:
    keys, day = Keys(page), page.get_by_role("button", name="One day")
    keys.goes_to(page.locator("#until"))
    keys.goes_to(day, back=True)
    before = page.locator("#now").inner_text()
    keys.presses("Space")
    expect(page.locator("#said")).to_contain_text("It is now")
    expect(page.locator("#now")).not_to_have_text(before)
    keys.is_on(day)
    keys.goes_to(page.get_by_role("button", name="Developer"), back=True)
    keys.presses("Enter")
    keys.goes_to(page.locator("#fault"))
    keys.chooses(page.locator("#fault"), "lost_ack")
    keys.goes_to(page.locator("#fault-count"))
    keys.types("2")
    keys.presses("Enter")
    expect(page.locator("#armed")).to_contain_text("lost_ack for *, 2 more")
    keys.is_on(page.locator("#fault-count"))


def test_messages_that_arrive_while_somebody_types_leave_the_text_the_caret_and_the_focus(
    page: Page, shown: Gallery
) -> None:
    keys, composer = Keys(page), page.locator("#composer")
    keys.goes_to(composer)
    keys.types("one two")
    keys.presses("ArrowLeft", "ArrowLeft", "ArrowLeft")
    for number in range(20):
        shown.post("cohort", text=f"Meanwhile {number}")
        keys.types(str(number % 10))
    expect(page.locator("#messages")).to_contain_text("Meanwhile 19")
    assert composer.input_value() == "one 01234567890123456789two"
    keys.is_on(composer)
    assert composer.evaluate("(field) => field.selectionStart") == len("one 01234567890123456789")


def test_messages_that_arrive_while_somebody_fills_in_a_form_leave_the_fields(page: Page, shown: Gallery) -> None:
    shown.opens("Amara Okafor", PICKER)
    keys, form = Keys(page), page.locator("#modal[open]")
    keys.goes_to(form.get_by_label("Name"))
    for number in range(20):
        shown.post("cohort", text=f"Meanwhile {number}")
        keys.types(str(number % 10))
    assert form.get_by_label("Name").input_value() == "01234567890123456789"
    keys.is_on(form.get_by_label("Name"))
    keys.presses("Escape")
    expect(form).to_have_count(0)


def test_what_the_workspace_will_not_take_is_said_where_it_was_entered(
    page: Page, shown: Gallery, guard: Guard
) -> None:
    guard.expects.append(r"status of 409 .*/page/enter")
    shown.opens("Amara Okafor", PICKER)
    keys, people = Keys(page), page.locator('#modal[open] [data-block="who"]')
    keys.goes_to(people.locator("summary"))
    keys.presses("Enter")
    for name in ("Ben Li", "Cara Novak"):
        keys.goes_to(people.get_by_label(name))
        keys.presses("Space")
    expect(page.locator("#modal[open] .trouble")).to_contain_text("at most 1 can be chosen")
    expect(people.get_by_label("Cara Novak")).not_to_be_checked()
    keys.is_on(people.get_by_label("Cara Novak"))
    keys.presses("Escape")
