"""A hand that has a keyboard and nothing else: every step shows where the focus is."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 1000
"""The workspace is the module's: what other tests have posted in it has its own steps."""
_FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return {what: "nothing"};
    const box = one.getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const style = getComputedStyle(one);
    return {
        what: one.outerHTML.slice(0, 150),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        inside: right > left && bottom > top,
        uncovered: Boolean(hit) && (one.contains(hit) || hit.closest("label")?.control === one),
        told: one.matches("h2, main"),
    };
}"""


class Keys:
    """The keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def focus(self) -> dict[str, Any]:
        """What has the focus, and whether a person would see that."""
        found: dict[str, Any] = self.page.evaluate(_FOCUS)
        return found

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def goes_to(self, target: Locator, *, back: bool = False) -> None:
        """Press Tab (or Shift+Tab) until the target has the focus; whatever has it on the way can be seen."""
        for _ in range(MOST_STEPS):
            if target.evaluate("(one) => one === document.activeElement"):
                return
            self.presses("Shift+Tab" if back else "Tab")
            focus = self.focus
            if focus["what"] != "nothing":  # beyond the last and the first there is the browser
                unseen = [how for how in ("outlined", "inside", "uncovered") if not focus[how]]
                assert not unseen, f"not {', '.join(unseen)}: {focus['what']}"
        raise AssertionError(f"{MOST_STEPS} steps do not lead to {target}; the focus is on {self.focus['what']}")

    def is_on(self, target: Locator) -> None:
        """The target has the focus within five seconds."""
        expect(target).to_be_focused()

    def chooses(self, select: Locator, words: str) -> None:
        """Go down the list of the select that has the focus."""
        texts = select.evaluate("(one) => [...one.options].map((option) => option.text)")
        wanted = next(number for number, text in enumerate(texts) if re.match(re.escape(words), text))
        self.presses("Space", "Home", *["ArrowDown"] * wanted, "Enter")
        expect(select.locator("option:checked")).to_have_text(re.compile(f"^{re.escape(words)}"))
