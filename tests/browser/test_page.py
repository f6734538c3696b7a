"""The page opens, is one member after another, and says what they type."""

from playwright.sync_api import expect

from tests.browser.chromium import found
from tests.browser.person import PageWorkspace


def test_the_page_opens_and_is_whom_one_chooses(on_page: PageWorkspace) -> None:
    page = on_page.page
    people = page.get_by_label("You are").locator("option")
    expect(people.filter(has_text="Ruth Adeyemi, Associate director")).to_have_count(1)
    expect(people.filter(has_text="Amara Okafor")).to_have_count(1)
    nia, hana = on_page.member("Nia Walsh"), on_page.member("Hana Kovac")
    on_page.be(nia.id)
    places = page.get_by_role("navigation", name="Conversations").get_by_role("link")
    expect(places.filter(has_text="ahp-evaluation")).to_have_count(1)
    on_page.be(hana.id)
    expect(places.filter(has_text="podiatry-fellows")).to_have_count(1)
    expect(places.filter(has_text="evaluation")).to_have_count(0)


def test_what_a_member_types_is_there_and_others_have_it_unread(on_page: PageWorkspace) -> None:
    amara, ben = on_page.member("Amara Okafor"), on_page.member("Ben Hughes")
    amara.types("The room has changed", in_="#ahp-fellows-2026")
    assert amara.sees("The room has changed", in_="#ahp-fellows-2026").plain == "The room has changed"
    on_page.be(ben.id)
    on_page.goes(None)
    expect(on_page.page.locator("nav a .unread")).to_have_text(["1 unread"])
    assert [one.plain for one in ben.messages("#ahp-fellows-2026")] == ["The room has changed"]
    expect(on_page.page.locator("nav a .unread")).to_have_count(0)


def test_a_command_opens_a_form_that_can_be_closed_again(on_page: PageWorkspace) -> None:
    ruth = on_page.member("Ruth Adeyemi")
    ruth.types("/fellowship")
    assert "Set up a cohort" in ruth.modal_text
    ruth.closes()
    assert ruth.modal is None


def test_the_completions_close_on_escape_and_come_back_with_the_next_letter(on_page: PageWorkspace) -> None:
    composer, offered = on_page.page.locator("#composer"), on_page.page.locator("#completions")
    composer.press_sequentially("/fel")
    expect(offered).to_be_visible()
    composer.press("Escape")
    expect(offered).to_have_count(0)
    composer.press_sequentially("l")
    expect(offered).to_be_visible()


def test_what_hangs_over_the_page_closes_when_one_presses_beside_it(on_page: PageWorkspace) -> None:
    coming = on_page.page.locator("details.coming")
    coming.locator("summary").click()
    expect(coming).to_have_attribute("open", "")
    on_page.page.locator("#log").click()
    expect(coming).not_to_have_attribute("open", "")


def test_a_call_that_got_no_answer_is_red_and_says_so(on_page: PageWorkspace) -> None:
    ruth = on_page.member("Ruth Adeyemi")
    on_page.arm("drop_before")
    ruth.types("/fellowship")
    ruth.sees("could not be opened")
    on_page.page.get_by_role("button", name="Developer", exact=True).click()
    failed = on_page.page.locator("#calls li.failed")
    expect(failed).to_have_text("views.open, failed: no answer, fault drop_before")


def test_chromium_is_the_one_named_or_the_first_on_the_path() -> None:
    assert found({"PATH": "/nowhere"}) is None
    assert found({"PATH": "/nowhere", "CHROMIUM": "/bin/sh"}) == "/bin/sh"
    assert found({"PATH": "/usr/bin:/bin", "CHROMIUM": "/no/such/browser"}) is None
