"""The workspace's members, acting through the page: the interface of the driver, by pointer and keyboard alone."""

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, Request, expect

from sandbox.driver import NotThereError, Outcome, Seen
from tests.browser.entering import choose_in, enter, type_in, type_moment

ZONE = ZoneInfo("Europe/London")
"""Where the whole cast lives; the page speaks of time in the zone of whom one is."""
APP, HOME = "app", "app/home"
_PAUSE_MS = 10
_LONG_SECONDS = 60.0
"""For what takes long: months of programme time."""

# The link to where the page is, among the tabs of the app or else among the conversations.
_ADDRESS = """() => (document.querySelector(".tabs a[aria-current=page]")
    ?? document.querySelector("#conversations a[aria-current=page]"))?.getAttribute("href") ?? ""
"""

_MESSAGES = """(list) => [...list.querySelectorAll(":scope > li.message")].map((message) => ({
    plain: message.querySelector(".body").innerText,
    ts: message.dataset.ts,
    channel: message.dataset.channel,
    ephemeral: message.classList.contains("ephemeral") || message.querySelector(".ephemeral") !== null,
    edited: message.innerText.includes("(edited)"),
}))"""
_MODAL = """(dialog) => ({
    id: dialog.dataset.view,
    text: [dialog.innerText, ...[...dialog.querySelectorAll("input:not([type=radio]):not([type=checkbox]), textarea")]
        .map((field) => field.value)].join("\\n"),
    errors: Object.fromEntries([...dialog.querySelectorAll("[data-block]:has(.error)")]
        .map((block) => [block.dataset.block, block.querySelector(".error").innerText.replace("⚠", "").trim()])),
    trouble: dialog.querySelector(".trouble")?.innerText ?? "",
    blocks: [...dialog.querySelectorAll("[data-block]")].map((block) => ({
        block_id: block.dataset.block,
        element: {options: [...block.querySelectorAll("input[type=radio], input[type=checkbox]")]
            .map((input) => ({value: input.value, text: {text: input.labels[0]?.innerText ?? ""}}))},
    })),
})"""


def _even(text: str) -> str:
    return " ".join(text.split())


class PageWorkspace:
    """One open page of a workspace: whoever acts is chosen on it first."""

    def __init__(self, page: Page) -> None:
        """Act on this page, which has been opened and draws soon."""
        self.page = page
        self.were: set[str] = set()
        """The ids of the members that one has been."""
        self._under_way = 0
        page.on("request", lambda request: self._count(request, 1))
        page.on("requestfinished", lambda request: self._count(request, -1))
        page.on("requestfailed", lambda request: self._count(request, -1))
        page.locator("#person option").first.wait_for(state="attached")

    def _count(self, request: Request, by: int) -> None:
        if request.method != "GET":
            self._under_way += by

    def settles(self) -> None:
        """Everything that was done on the page has been answered, and what became of it is drawn."""
        busy = self.page.locator('[aria-busy="true"]')
        until = time.monotonic() + _LONG_SECONDS
        while busy.count() or self._under_way:
            if time.monotonic() > until:
                raise NotThereError("the workspace did not answer the page")
            self.page.wait_for_timeout(_PAUSE_MS)

    # Who and where

    def member(self, who: str) -> "PagePerson":
        """A member by name, as the page offers them."""
        for option in self.page.locator("#person option").all():
            name = re.split(r"[,(]", option.text_content() or "")[0].strip()
            if name == who:
                return PagePerson(self, str(option.get_attribute("value")), name)
        raise NotThereError(f"the page does not offer to be {who}")

    @property
    def here(self) -> tuple[str, str]:
        """The id of the member that one is and the place that one looks at, as the page has drawn them."""
        address = str(self.page.evaluate(_ADDRESS)).removeprefix("#/")
        member, _, place = address.partition("/")
        return member, place

    def be(self, member_id: str) -> None:
        """Choose who one is."""
        self.were.add(member_id)
        if self.here[0] != member_id:
            choose_in(self.page.locator("#person"), member_id)
            self._comes(lambda: self.here[0] == member_id)

    def goes(self, where: str | None) -> None:
        """Follow the link to a conversation (``#name``), to the app (None) or to its Home tab (``"home"``)."""
        if where in {None, "home"}:
            if not self.here[1].startswith(APP):
                self._follows(self.page.locator(f'nav a[data-place="{APP}"]'), APP)
            tab, place = ("Messages", APP) if where is None else ("Home", HOME)
            tabs = self.page.get_by_role("navigation", name="App", exact=True)
            self._follows(tabs.get_by_role("link", name=tab, exact=True), place)
        else:
            name = re.compile(rf"^\W*{re.escape(str(where).removeprefix('#'))}(?![\w-])")
            link = self.page.locator("nav a[data-place]").filter(has_text=name)
            self._follows(link, str(link.get_attribute("data-place")))

    def _follows(self, link: Locator, place: str) -> None:
        if self.here[1] != place:
            link.click()
            self._comes(lambda: self.here[1] == place)

    def _comes(self, there: Callable[[], bool]) -> None:
        """Wait until the page has drawn somebody else, or another place, and told the workspace of it."""
        until = time.monotonic() + _LONG_SECONDS
        while not there():
            if time.monotonic() > until:
                raise NotThereError(f"the page stays at {self.here}")
            self.page.wait_for_timeout(_PAUSE_MS)
        self.settles()

    # Time

    @property
    def now(self) -> dt.datetime:
        """Programme time as the page shows it, in UTC."""
        shown = str(self.page.locator("#now").get_attribute("datetime"))
        return dt.datetime.fromisoformat(shown).astimezone(dt.UTC)

    def advance(self, to: dt.datetime | None = None, *, by: dt.timedelta | None = None) -> None:
        """Move time to an instant, or by a while, with the field and the button of the Time section."""
        instant = self.now + (by or dt.timedelta()) if to is None else to
        type_moment(self.page.locator("#until"), instant.astimezone(ZONE).replace(tzinfo=None))
        self.page.get_by_role("button", name="Go there").click()
        self.settles()

    # Faults

    def arm(self, name: str, *, count: int | None = 1) -> None:
        """Arm a fault in the developer's panel, which is closed again."""
        switch = self.page.get_by_role("button", name="Developer", exact=True)
        switch.click()
        choose_in(self.page.locator("#fault"), name)
        type_in(self.page.locator("#fault-count"), "" if count is None else str(count))
        self.page.locator("#arm").get_by_role("button", name="Arm", exact=True).click()
        self.settles()
        expect(self.page.locator("#armed")).to_contain_text(name)
        switch.click()


class PagePerson:
    """One member, acting on the page; each act chooses first who one is."""

    def __init__(self, workspace: PageWorkspace, member_id: str, name: str) -> None:
        """Act as this member."""
        self.workspace = workspace
        self.id = member_id
        self.name = name
        self._page = workspace.page
        self._dialog = self._page.locator("#modal[open]")

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    def _is_at(self, where: str | None) -> None:
        self.workspace.be(self.id)
        self.workspace.goes(where)

    # Doing

    def types(self, text: str, *, in_: str | None = None) -> Outcome:
        """Type a message or a command, complete it where the page offers to, and send it with Enter."""
        self._is_at(in_)
        before = len(self.notices)
        composer = self._page.locator("#composer")
        type_in(composer, text)
        if self._page.locator("#completions").is_visible():
            composer.press("Tab")
        composer.press("Enter")
        expect(composer).to_have_value("")
        self.workspace.settles()
        return self._outcome(before)

    def clicks(self, what: str, *, in_: str | None = None, times: int = 1) -> Outcome:
        """Press the newest button with this text or action id: in the open modal, or else in the conversation."""
        self.workspace.be(self.id)
        before = len(self.notices)
        button = self._page.locator(f'button[data-action="{what}"]').or_(
            self._page.locator("button[data-action]").filter(has_text=re.compile(rf"^\s*{re.escape(what)}\s*$"))
        )
        if in_ is None and self._dialog.is_visible():
            pressed = self._dialog.locator(button)
        else:
            self.workspace.goes(in_)
            place = self._page.locator("main" if in_ == "home" else "#messages > li.message")
            pressed = place.filter(has=button).last.locator(button)
        pressed.first.click(click_count=times)
        self.workspace.settles()
        return self._outcome(before)

    def fills(self, values: Mapping[str, Any]) -> Outcome:
        """Enter values in the open modal, by block id or label."""
        self.workspace.be(self.id)
        for name, value in values.items():
            enter(self._block(name).locator("[data-action]").first, value)
        self.workspace.settles()
        return Outcome(ok=True)

    def _block(self, name: str) -> Locator:
        blocks = self._dialog.locator("[data-block]")
        label = self._page.locator("label, legend").filter(has_text=re.compile(rf"^\s*{re.escape(name)}"))
        return self._dialog.locator(f'[data-block="{name}"]').or_(blocks.filter(has=label)).first

    def chooses(self, what: str, value: str, *, in_: str | None = None) -> Outcome:
        """Choose in an element of a message or of the Home tab, found by its action id."""
        self._is_at(in_)
        before = len(self.notices)
        place = self._page.locator("main" if in_ == "home" else "#messages > li.message")
        enter(place.locator(f'[data-action="{what}"]').last, value)
        self.workspace.settles()
        return self._outcome(before)

    def submits(self, values: Mapping[str, Any] | None = None) -> Outcome:
        """Enter values, press the modal's submit button, and wait for what becomes of the modal."""
        self.fills(values or {})
        before = len(self.notices)
        self._leaves(self._dialog.locator(".submit"))
        return self._outcome(before)

    def closes(self, *, everything: bool = False) -> Outcome:
        """Close the top modal, or with ``everything`` the whole stack."""
        self.workspace.be(self.id)
        self._leaves(
            self._dialog.get_by_role("button", name="Close all") if everything else self._dialog.locator(".close")
        )
        return Outcome(ok=True, closed=True)

    def _leaves(self, button: Locator) -> None:
        """Press a button of the modal; afterwards the modal has gone, another is on top, or it says what is wrong."""
        left = self._dialog.get_attribute("data-view")
        button.click()
        self.workspace.settles()
        self._page.wait_for_function(
            """(left) => {
                const dialog = document.querySelector("#modal[open]");
                return !dialog || dialog.dataset.view !== left || dialog.querySelector(".error, .trouble:not(:empty)");
            }""",
            arg=left,
        )

    def opens_home(self) -> Outcome:
        """Open the app's Home tab."""
        self._is_at("home")
        return Outcome(ok=True)

    def _outcome(self, notices_before: int) -> Outcome:
        notices = self.notices[notices_before:]
        modal = self._shown()
        errors = modal["errors"] if modal else {}
        trouble = modal["trouble"] if modal else ""
        ok = not (notices or errors or trouble)
        return Outcome(ok=ok, notice=notices[-1] if notices else None, errors=errors, closed=modal is None, modal=modal)

    # Seeing

    def _shown(self) -> dict[str, Any] | None:
        self.workspace.be(self.id)
        shown: dict[str, Any] | None = self._page.evaluate(
            f"""() => {{
                const dialog = document.querySelector("#modal[open]");
                return dialog && ({_MODAL})(dialog);
            }}"""
        )
        return shown

    @property
    def modal(self) -> Mapping[str, Any] | None:
        """What the modal on top offers: ``blocks`` with their groups of options, or None when there is none."""
        return self._shown()

    @property
    def modal_text(self) -> str:
        """The words of the modal on top and what is entered in it; one that has been asked for is waited for."""
        self.workspace.be(self.id)
        self._dialog.wait_for()
        shown = self._shown()
        return str(shown["text"]) if shown else ""

    @property
    def home(self) -> Seen | None:
        """The Home tab."""
        self._is_at("home")
        return Seen(plain=self._page.get_by_role("main").inner_text())

    @property
    def notices(self) -> list[str]:
        """The failures that the page shows this member, oldest first."""
        self.workspace.be(self.id)
        return self._page.locator("#notices li").all_inner_texts()

    def messages(self, in_: str | None = None) -> list[Seen]:
        """The messages on the page in a channel, or in the direct conversation with the app, oldest first."""
        self._is_at(in_)
        return self._messages()

    def _messages(self) -> list[Seen]:
        there = self._page.locator("#messages")
        return [Seen(**one) for one in there.evaluate(_MESSAGES)] if there.count() else []

    def sees(self, text: str, in_: str | None = None, within: float = 5.0) -> Seen:
        """Wait up to ``within`` seconds until the modal, or else a message or the Home tab, shows this text.

        Raises:
            NotThereError: nothing did; the sentence says what the page shows.
        """
        self.workspace.be(self.id)
        until = time.monotonic() + within
        while True:
            shown = self._surfaces(in_)
            for one in shown:
                if _even(text) in _even(one.plain):
                    return one
            if time.monotonic() > until:
                raise NotThereError(
                    f"{self.name} does not see {text!r} within {within:g} s; the page shows:\n\n"
                    + "\n\n---\n\n".join(one.plain for one in shown[:6])
                )
            self._page.wait_for_timeout(_PAUSE_MS)

    def _surfaces(self, in_: str | None) -> list[Seen]:
        """The modal on top and what stands behind it; else the place, newest first."""
        shown = self._shown()
        if shown:  # nobody can go anywhere until it is closed
            behind = self._messages()[::-1] if in_ is None and self.workspace.here[1] == APP else []
            return [Seen(plain=str(shown["text"])), *behind]
        if in_ == "home":
            home = self.home
            return [home] if home else []
        return self.messages(in_)[::-1]
