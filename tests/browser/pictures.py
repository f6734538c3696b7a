"""Pictures that the story takes on its way, for the documentation."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tour.teller import Teller

DOCUMENTED = Path(__file__).parents[2] / "docs" / "images"
MOST_BYTES = 150_000
_WIDTH = 1000
"""Pixels of the window in which they are taken: wide enough for the conversations beside them."""


@dataclass(frozen=True)
class Motif:
    """What a picture is of: an element of the page that holds these words, in a window of this height."""

    selector: str
    words: str
    height: int = 1100


MOTIFS = {
    "pulse-message": Motif("#messages > li.message", "Question 1 of"),
    "pulse-form": Motif("#modal[open]", "Save my answers", height=1000),
    "summary": Motif("#messages > li.message", "6 of 7"),
    "home": Motif("main", "AHP Fellows 2026", height=620),
    "refusal": Motif("#messages > li.message", "Only evaluators"),
}


def _take(page: Page, motif: Motif, path: Path) -> None:
    window = page.viewport_size
    assert window is not None
    page.set_viewport_size({"width": _WIDTH, "height": motif.height})
    target = page.locator(motif.selector).filter(has_text=motif.words).last
    target.scroll_into_view_if_needed()
    dismiss = page.locator("#meanwhile").get_by_role("button", name="Dismiss")
    if dismiss.is_visible() and not page.locator("#modal[open]").is_visible():
        dismiss.click()
    page.mouse.move(0, 0)
    _rests(target)
    target.screenshot(path=path, animations="disabled", caret="hide")
    page.set_viewport_size(window)


def _rests(target: Locator) -> None:
    """Wait until it has stopped moving."""
    expect(target).to_be_visible()
    before = None
    while (box := target.bounding_box()) is None or box != before:
        before = box
        target.page.wait_for_timeout(50)


class PicturingTeller(Teller):
    """Tells the story, and takes its pictures on the page into ``pictures``."""

    page: Page
    pictures_in: Path

    def pictures(self, what: str) -> None:
        """Take the picture of this name."""
        self.pictures_in.mkdir(parents=True, exist_ok=True)
        _take(self.page, MOTIFS[what], self.pictures_in / f"{what}.png")
