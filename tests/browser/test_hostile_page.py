"""Whatever is typed or posted stands on the page as words, and the page can run nothing but itself."""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from sandbox.mrkdwn import Reader, spans
from sandbox.server import Sandbox
from tests.browser.gallery import EVERY_INPUT, Gallery, Json, gallery, mrkdwn, picture
from tests.browser.guard import Guard
from tests.hostile import DIRECTIONS, HOSTILE, LENGTHS
from tests.sandbox.conftest import actions, button, choice, modal, plain, text_input
from tests.sandbox.test_mrkdwn import flat

RUNS = "<img src=x onerror=alert('zcode')>"
SCRIPT, DATA = "javascript:alert(1)", "data:text/html,<script>alert(1)</script>"
NAMES = {**DIRECTIONS, "markup": RUNS, "a call": "<!channel>", "an end": "</select><script>alert(1)</script>"}
"""For members and channels, whom their names do not make anything else."""
FILES = ["\u202egnp.exe", f"{RUNS}.png", "../../etc/passwd.png", "zcode\n.png"]
_LISTENS = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => window.ran.push(name);
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.effectiveDirective));
"""
_ADDRESSED = """() => [...document.querySelectorAll("*")].flatMap((one) =>
    ["href", "src", "action", "formaction", "srcdoc", "style", "data", "poster", "srcset", "ping"]
    .filter((name) => one.hasAttribute(name))
    .map((name) => `${name}=${one.getAttribute(name)}`))"""
_MADE = """() => [...new Set([...document.querySelectorAll("#page *")].flatMap((one) =>
    [one.localName, ...one.getAttributeNames().map((name) => `${one.localName}[${name}]`)]))]"""
_COMMON = {"class", "id", "role", "tabindex", "title", "dir"}
_ELEMENTS: dict[str, set[str]] = {
    **{tag: set() for tag in ("h1", "h3", "p", "hr", "header", "strong", "em", "del", "code", "pre", "bdi", "small")},
    **{
        tag: set()
        for tag in ("blockquote", "br", "legend", "figure", "figcaption", "table", "thead", "tbody", "tr", "td")
    },
    **{tag: set() for tag in ("div", "span", "section", "main", "nav", "aside", "ul", "summary", "dl", "dt", "dd")},
    "th": {"scope"},
    "ol": {"reversed"},
    "li": {"data-ts", "data-channel", "value"},
    "time": {"datetime"},
    "a": {"href", "data-place", "target", "rel"},
    "img": {"src", "alt"},
    "button": {"type", "value", "disabled"},
    "h2": {"autofocus"},
    "form": set(),
    "label": {"for"},
    "fieldset": set(),
    "input": {"type", "name", "value", "checked", "placeholder", "inputmode", "min", "max", "autocomplete"},
    "textarea": {"rows", "placeholder", "autocomplete"},
    "select": set(),
    "option": {"value"},
    "optgroup": {"label"},
    "details": {"open"},
    "dialog": {"open", "data-view"},
}


@pytest.fixture(scope="module")
def shown(browser: Browser) -> Iterator[Gallery]:  # noqa: ARG001 - nothing is started without one
    members: list[Json | str] = ["Joan Murphy"]
    members += [{"name": f"{name} Ann", "title": name, "handle": f"ann{n}"} for n, name in enumerate(NAMES.values())]
    channels = [{"name": name, "members": ["Amara Okafor", "ann0"]} for name in NAMES.values()]
    with gallery(members, channels) as running:
        yield running


@pytest.fixture
def sandbox(shown: Gallery) -> Sandbox:
    shown.closes_everything()
    for messages in shown.sandbox.workspace.messages.values():
        messages.clear()
    return shown.sandbox


@pytest.fixture
def visit(context: BrowserContext, shown: Gallery) -> Callable[..., Page]:
    context.add_init_script(_LISTENS)

    def visited(place: str = "app") -> Page:
        page = context.new_page()
        page.goto(shown.address("Amara Okafor", place))
        page.locator("h1").wait_for()
        return page

    return visited


def everything_is_inert(page: Page) -> None:
    """Nothing ran, every element and attribute is one of ours, and every address leads to this workspace."""
    assert page.evaluate("() => window.ran") == []
    assert page.evaluate("() => window.violations") == []
    known = {f"{tag}[{name}]" for tag, names in _ELEMENTS.items() for name in names | _COMMON} | set(_ELEMENTS)
    made = [each for each in page.evaluate(_MADE) if "[aria-" not in each and not each.endswith("[data-action]")]
    assert {each for each in made if not each.endswith("[data-block]")} - known == set()
    for address in page.evaluate(_ADDRESSED):
        name, _, value = address.partition("=")
        ours = value.startswith(("#/", "/files/", "/page/static/")) or value == "#main"
        assert name in {"href", "src"}, address
        assert ours, address
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")


def words_of(bodies: Locator) -> list[str]:
    texts: list[str] = bodies.evaluate_all("(all) => all.map((one) => one.textContent)")
    return texts


def pasted(field: Locator, text: str) -> None:
    """The text stands in the field as if it had been pasted."""
    if text.count("\n") < 100:
        field.fill(text)
    else:  # for which Chromium needs seconds where the hand is Playwright's
        set_value = "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true})); }"
        field.evaluate(set_value, text)


@pytest.mark.long
def test_a_hundred_hostile_strings_typed_by_a_member_are_words(visit: Callable[..., Page], shown: Gallery) -> None:
    page, typed = visit("cohort"), []
    composer, channel = page.locator("#composer"), shown.channel("cohort")
    for text in HOSTILE.values():
        pasted(composer, text)
        typed.append(composer.input_value())
        composer.press("Enter")
    there = shown.sandbox.workspace.messages[channel.id]
    while len(there) < len(typed):
        page.wait_for_timeout(20)
    expect(page.locator("#messages > li.message").last).to_have_attribute("data-ts", there[-1].ts)
    joan = shown.member("Joan Murphy").id
    entities = [text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for text in typed]
    held = [text.replace("@Joan Murphy", f"<@{joan}>").replace("@joan.murphy", f"<@{joan}>") for text in entities]
    assert len(typed) >= 100
    assert sorted(message.text for message in there) == sorted(held)
    reader = Reader("Europe/London", shown.sandbox.workspace.names())
    shown_last = [flat(spans(message.text, reader)) for message in there[-100:]]
    bodies = words_of(page.locator("#messages > li.message .body"))
    assert bodies == shown_last
    last = {message.text for message in there[-100:]}
    unmarked = [
        text
        for text, sent in zip(typed, held, strict=True)
        if sent in last and not set("*_~`@\n\r") & set(text) and not text.startswith(">")
    ]
    assert len(unmarked) > 60
    assert set(unmarked) <= set(bodies)
    everything_is_inert(page)
    page.set_viewport_size({"width": 390, "height": 800})
    everything_is_inert(page)


def _all_over(number: int, text: str) -> list[Json]:
    """Blocks that hold a text everywhere that a text can be, as long as Slack lets it be."""
    option = {"text": plain(text[:75]), "value": f"o{number}", "description": plain(text[:75])}
    other = {"text": plain("Another"), "value": "other"}
    return [
        {"type": "section", "block_id": f"mrkdwn-{number}", "text": mrkdwn(text[:3000])},
        {"type": "section", "block_id": f"plain-{number}", "text": plain(text[:3000]), "fields": [plain(text[:2000])]},
        {"type": "header", "block_id": f"header-{number}", "text": plain(text[:150])},
        actions(
            {**button(text[:75], f"button-{number}", text[:2000]), "url": SCRIPT},
            {"type": "static_select", "action_id": f"select-{number}", "options": [option, other]},
            {"type": "radio_buttons", "action_id": f"radio-{number}", "options": [option, other]},
            {"type": "overflow", "action_id": f"overflow-{number}", "options": [option, other]},
            block_id=f"actions-{number}",
        ),
        {
            "type": "image",
            "block_id": f"i{number}",
            "image_url": DATA,
            "alt_text": text[:2000],
            "title": plain(text[:2000]),
        },
        {"type": "context", "elements": [{"type": "image", "image_url": SCRIPT, "alt_text": text[:2000]}]},
        {"type": "section", "text": mrkdwn(f"<{SCRIPT}|a> <{DATA}|b> <{SCRIPT}> <@{RUNS}> <#{RUNS}|{RUNS}> <!{RUNS}>")},
    ]


def test_whatever_the_app_posts_is_words_too(visit: Callable[..., Page], shown: Gallery) -> None:
    every = list(enumerate(HOSTILE.values()))
    for start in range(0, len(every), 5):
        shown.post(
            "Amara Okafor", [block for each in every[start : start + 5] for block in _all_over(*each)], text=RUNS
        )
    page = visit()
    expect(page.locator("#messages > li.message")).to_have_count((len(every) + 4) // 5)
    for kind, most in (("plain", 3000), ("header", 150)):
        there = page.locator(f'#messages [data-block^="{kind}-"]:not(.fields)')
        first = there.evaluate_all("(all) => all.map((one) => (one.querySelector('.words > div, h3')).textContent)")
        assert first == [text[:most] for _, text in every]
    buttons = words_of(page.locator('#messages [data-action^="button-"]'))
    assert buttons == [text[:75] for _, text in every]
    options = words_of(page.locator('#messages select[data-action^="select-"] > option:nth-child(2)'))
    assert options == [text[:75] for _, text in every]
    everything_is_inert(page)
    page.get_by_role("button", name="a", exact=True).first.click()
    expect(page.locator("#said")).to_contain_text(f"This leads to {SCRIPT}. Nothing outside")
    page.locator('[data-action="button-0"]').click()
    expect(page.locator("button[aria-busy=true]")).to_have_count(0)
    for twin in page.locator(".twin-button").all()[:2]:
        twin.click()
    expect(page.locator(".twin")).to_have_count(2)
    everything_is_inert(page)


def test_a_form_with_hostile_words_everywhere_is_words(visit: Callable[..., Page], shown: Gallery) -> None:
    texts = [text for name, text in HOSTILE.items() if name not in LENGTHS][:95]
    fields = [
        {**text_input(f"f{n}", text, placeholder=plain(text[:150]), initial_value=text), "hint": plain(text)}
        for n, text in enumerate(texts)
    ]
    page = visit()
    shown.opens("Amara Okafor", modal(*fields, callback_id="everything", title=plain(RUNS[:24]), submit=plain("Send")))
    labels = page.locator("#modal[open] .block.input > label")
    expect(labels).to_have_count(len(texts))
    assert words_of(labels) == texts
    assert words_of(page.locator("#modal .hint")) == texts
    everything_is_inert(page)
    page.locator("#modal .submit").click()
    expect(page.locator("#modal")).to_have_count(0)
    everything_is_inert(page)


def test_names_and_titles_of_members_channels_and_files_are_words(visit: Callable[..., Page], shown: Gallery) -> None:
    channel = shown.channel("attic")
    shown.sandbox.workspace.channels[channel.id].is_archived = False
    for name in FILES:
        shown.client.files_upload_v2(channel=channel.id, content=picture(), filename=name, title=RUNS, alt_txt=RUNS)
    page = visit("attic")
    expect(page.locator("#messages .files a")).to_have_count(len(FILES))
    places = page.locator("#conversations a")
    assert {name for name in NAMES.values() if any(name in text for text in words_of(places))} == set(NAMES.values())
    people = words_of(page.locator("#person option"))
    assert len(people) == len(NAMES) + 4
    assert any(RUNS in text for text in people)
    page.get_by_role("button", name="Developer").click()
    expect(page.locator("#developer")).to_be_visible()
    everything_is_inert(page)
    for n in range(len(NAMES)):
        page.goto(shown.address(f"ann{n}", "app"))
        expect(page.locator("#person option:checked")).to_contain_text("Ann")
    everything_is_inert(page)


_PARTS = """(line) => [...line.children].filter((one) => one.checkVisibility()).map((one) => {
    const box = one.getBoundingClientRect();
    return [one.tagName, Math.round(box.left), Math.round(box.right)];
})"""


def test_a_direction_turns_nothing_outside_the_words_it_stands_in(visit: Callable[..., Page], shown: Gallery) -> None:
    for n, _ in enumerate(DIRECTIONS):
        ann = shown.sandbox.driver.member(f"ann{n}")
        if n == 0:
            continue
        member = shown.sandbox.workspace.find_member(ann.id)
        shown.channel("cohort").members.append(member.id)
        ann.types("said", in_="#cohort")
        shown.post("cohort", text=f"before <@{ann.id}> after")
    page = visit("cohort")
    bylines = page.locator("#messages .byline")
    expect(bylines).to_have_count(2 * (len(DIRECTIONS) - 1))
    for line in bylines.all():
        parts = line.evaluate(_PARTS)
        assert [part[0] for part in parts] in (["STRONG", "TIME"], ["STRONG", "SPAN", "TIME"])
        assert all(one[2] <= other[1] for one, other in pairwise(parts)), parts
    around = """(mention) => [mention.previousSibling, mention, mention.nextSibling].map((one) => {
        const range = document.createRange();
        range.selectNode(one);
        const box = range.getBoundingClientRect();
        return [box.left, box.right];
    })"""
    for mention in page.locator("#messages .mention").all():
        before, name, after = mention.evaluate(around)
        assert before[1] <= name[0] + 1, mention.text_content()
        assert name[1] <= after[0] + 1, mention.text_content()


def test_what_is_too_long_for_a_field_is_refused_beside_it_and_kept_whole(
    visit: Callable[..., Page], shown: Gallery
) -> None:
    page = visit()
    view = modal(text_input("short", "Short"), choice("long", "Long", {"type": "plain_text_input", "multiline": True}))
    for text in ("z" * 3_001, "\U0001f9b6" * 3_001):
        shown.opens("Amara Okafor", view)
        page.locator("#modal input").fill("z")
        page.locator("#modal textarea").fill(text)
        page.locator("#modal .submit").click()
        expect(page.locator('[data-block="long"] .error')).to_contain_text("at most 3000 characters")
        expect(page.locator("#modal textarea")).to_be_focused()
        assert page.locator("#modal textarea").input_value() == text
        everything_is_inert(page)
        shown.closes_everything()
        expect(page.locator("#modal")).to_have_count(0)


PROVOKED: dict[str, tuple[str, set[str]]] = {
    "a script": (
        """() => {
            const script = document.createElement("script");
            script.append(document.createTextNode("window.ran.push('script')"));
            document.body.append(script);
        }""",
        {"script-src-elem", "require-trusted-types-for"},
    ),
    "a script from elsewhere": (
        """() => {
            const script = document.createElement("script");
            script.src = "http://127.0.0.1:9/a.js";
            document.body.append(script);
        }""",
        {"script-src-elem", "require-trusted-types-for"},
    ),
    "a handler": (
        """() => {
            const button = document.createElement("button");
            button.setAttribute("onclick", "window.ran.push('handler')");
            document.body.append(button);
            button.click();
        }""",
        {"script-src-attr", "require-trusted-types-for"},
    ),
    "markup": ("() => { document.body.innerHTML = '<b>zbold</b>'; }", {"require-trusted-types-for"}),
    "code": ("() => { eval('window.ran.push(1)'); }", {"script-src", "require-trusted-types-for"}),
    "a policy": ("() => { trustedTypes.createPolicy('own', {}); }", {"trusted-types"}),
    "a picture": ("() => { new Image().src = 'http://127.0.0.1:9/a.png'; }", {"img-src"}),
    "a request": ("() => fetch('http://127.0.0.1:9/')", {"connect-src"}),
    "a style": (
        """() => {
            const style = document.createElement("style");
            style.append("body { display: none }");
            document.head.append(style);
        }""",
        {"style-src-elem"},
    ),
    "a frame": (
        "() => document.body.append(Object.assign(document.createElement('iframe'), {src: '/'}))",
        {"frame-src"},
    ),
}


def test_the_page_can_run_fetch_and_show_nothing_but_its_own(visit: Callable[..., Page], guard: Guard) -> None:
    guard.expects += ["content security policy", "(?i)violates the following", "Trusted", "127.0.0.1:9/"]
    guard.expects += ["The action has been blocked", "Refused to"]
    page = visit()
    for name, (script, directives) in PROVOKED.items():
        page.evaluate("() => { window.violations = []; }")
        # Later, for what the hand itself runs is let through.
        page.evaluate(f"() => setTimeout(() => Promise.resolve().then({script}).catch(() => null))")
        until = time.monotonic() + 5
        found: list[Any] = []
        while not found:
            assert time.monotonic() < until, f"nothing is told of {name}"
            page.wait_for_timeout(20)
            found = page.evaluate("() => window.violations")
        assert set(found) <= directives, name
        assert page.evaluate("() => window.ran") == [], name
    expect(page.locator("#composer")).to_be_visible()


def test_the_fields_of_every_kind_hold_no_more_than_was_entered(visit: Callable[..., Page], shown: Gallery) -> None:
    page = visit()
    shown.opens("Amara Okafor", EVERY_INPUT)
    fields = page.locator("#modal :is(input[type=text], input[type=email], input[type=url], textarea)")
    expect(fields).to_have_count(5)
    for field in fields.all():
        field.fill(RUNS)
    page.locator("#modal .submit").click()
    expect(page.locator("#modal .error").first).to_be_visible()
    assert {field.input_value() for field in fields.all()} == {RUNS}
    everything_is_inert(page)
