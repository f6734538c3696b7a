"""How fast the page of the local workspace is with the demo's data in it: first paint, and a click to what it causes.

Real Chromium, the real bot, over the wire. Written into docs/reference/page-speed.md.
"""

import contextlib
import datetime as dt
import io
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.rounds import today
from sandbox.driver import Person, Workspace
from tests.browser.chromium import LEFT_OUT, flags, found
from tour.running import Running, running
from tour.story import FELLOWS, SILENT, Story
from tour.teller import Teller

DOCUMENT = Path(__file__).parents[1] / "docs" / "reference" / "page-speed.md"
TIMES = 20
PAINT_MS, CLICK_MS = 1000, 300
"""The most that the medians may be."""
COHORT = "AHP Fellows 2026"

_PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    if (performance.getEntriesByName("shown").length === 0) return;
    resolve(list.getEntries().at(-1).startTime);
  }).observe({ type: "largest-contentful-paint", buffered: true });
})"""
_EMPTY_PAINTED = """() => new Promise((resolve) => {
  const watch = new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime));
  watch.observe({ type: "paint", buffered: true });
})"""
_CLICK = """(option) => new Promise((resolve) => {
  const messages = [...document.querySelectorAll(".message")];
  const asked = messages.filter((one) => one.textContent.includes("Question 1 of")).at(-1);
  const button = [...asked.querySelectorAll("button")].find((one) => one.textContent === option);
  const began = performance.now();
  new MutationObserver((_changes, observer) => {
    const body = document.querySelector(`.message[data-ts="${asked.dataset.ts}"] .body`);
    if (!body.textContent.includes("Saved")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  button.click();
})"""


@dataclass(frozen=True)
class Timed:
    """One thing measured, in milliseconds, and its floor measured turn by turn with it."""

    name: str
    floor_name: str
    most: int
    times: Sequence[float]
    floors: Sequence[float]

    @property
    def median(self) -> float:
        """Of what was measured."""
        return statistics.median(self.times)

    @property
    def floor(self) -> float:
        """The median of the floor."""
        return statistics.median(self.floors)

    def row(self) -> str:
        """A line of the table."""
        verdict = "pass" if self.median <= self.most else "over"
        cells = (
            self.name,
            f"{self.median:.0f} ms",
            f"{min(self.times):.0f} to {max(self.times):.0f} ms",
            f"{self.most} ms",
            verdict,
            self.floor_name,
            f"{self.floor:.0f} ms",
            f"{self.median / self.floor:.1f}",
        )
        return "| " + " | ".join(cells) + " |"


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[Running]:
    """The demo's workspace after its story, and its bot."""
    with running(folder) as up, contextlib.redirect_stdout(io.StringIO()):
        teller = Teller(folder / "transcript.md", lambda: up.slack.now)
        Story(up.slack, teller, folder).play()
        teller.close()
        yield up


def _in_a_new_context(browser: Browser, address: str, script: str) -> float:
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    try:
        page = context.new_page()
        page.goto(address)
        return float(page.evaluate(script))
    finally:
        context.close()


def first_paint(browser: Browser, up: Running) -> Timed:
    """From the start of a navigation to the paint of a fellow's conversation; the floor paints the page's icon."""
    times, floors = [], []
    member = up.slack.member("Amara Okafor").id
    for _ in range(TIMES):
        times.append(_in_a_new_context(browser, f"{up.url}/#/{member}/app", _PAINTED))
        floors.append(_in_a_new_context(browser, f"{up.url}/page/static/icon.svg", _EMPTY_PAINTED))
    return Timed("First paint of the demo's data", "paint of a picture of 250 bytes", PAINT_MS, times, floors)


def _open_pulse(slack: Workspace) -> None:
    """A pulse that every fellow of the cohort has been asked for, and nobody has answered."""
    ruth = slack.member("Ruth Adeyemi")
    ruth.types("/pulse")
    ruth.submits({"pulse_cohort": COHORT})
    slack.advance(by=dt.timedelta(days=7))


def _clicked_by_driver(member: Person) -> float:
    member.sees("Question 1 of", within=15)
    asked = [message for message in member.messages() if "Question 1 of" in message.plain][-1]
    began = time.perf_counter()
    member.clicks("pulse.answer#4")
    while not any(message.ts == asked.ts and "Saved" in message.plain for message in member.messages()):
        time.sleep(0.001)
    return (time.perf_counter() - began) * 1000


def _clicked_on_page(page: Page, url: str, member: Person) -> float:
    page.goto(f"{url}/#/{member.id}/app")
    page.locator(".message", has_text="Question 1 of").last.get_by_text("Agree", exact=True).wait_for()
    page.wait_for_function("id => document.getElementById('person').value === id", arg=member.id)
    return float(page.evaluate(_CLICK, "Agree"))


def click_to_reply(browser: Browser, up: Running) -> Timed:
    """From an answer's click to the paint of 'Saved'; the floor is the same click through HTTP, with no page."""
    times: list[float] = []
    floors: list[float] = []
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    while len(times) < TIMES:
        _open_pulse(up.slack)
        for fellow in (each for each in FELLOWS if each.name != SILENT):
            member = up.slack.member(fellow.name)
            if len(times) <= len(floors):
                times.append(_clicked_on_page(page, up.url, member))
            else:
                floors.append(_clicked_by_driver(member))
        up.slack.advance(by=dt.timedelta(days=21))
    context.close()
    return Timed(
        "An answer's click to 'Saved' on the page", "the same click and reply over HTTP", CLICK_MS, times, floors
    )


def written(measured: Sequence[Timed], chromium: str) -> str:
    """The page of the documentation."""
    rows = "\n".join(each.row() for each in measured)
    return f"""# The speed of the page

Written by `make bench`. The median of {TIMES} in one run, with the demo's data: the story of `make tour`, whole. Each
is measured in turn with a floor, and the ratio to it is what to compare between machines.

| what | median | least to greatest | gate | | floor | median | ratio |
|---|---|---|---|---|---|---|---|
{rows}

- **First paint** is the largest contentful paint of a fellow's conversation, in a browser context that has never seen
  the page, from the start of the navigation.
- **Click to 'Saved'** goes from the press of an answer, through the workspace, the bot's transaction, the outbox and
  `chat.update`, to the frame in which the page shows the receipt.

One run on {today():%-d %B %Y}: {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()},
Chromium {chromium}, headless, without a graphics card.
"""


def main() -> int:
    """0 when both medians are within their gates, or when there is no Chromium to measure with."""
    path = found()
    if path is None:
        print(LEFT_OUT.replace("tests", "measurements"))
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="bench-page-") as folder,
        demo(Path(folder)) as up,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        measured = [first_paint(browser, up), click_to_reply(browser, up)]
        version = browser.version
        browser.close()
    DOCUMENT.write_text(written(measured, version), encoding="utf-8")
    print("\n".join(each.row() for each in measured))
    return 1 if any(each.median > each.most for each in measured) else 0


if __name__ == "__main__":
    sys.exit(main())
