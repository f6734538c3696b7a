"""Every link leads somewhere, and every document can be reached."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCUMENTS, PRODUCT, ROOT, Link, anchors, headings, links

ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def _target(page: Path, link: Link) -> Path:
    return (page.parent / link.path).resolve() if link.path else page


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_of_the_page_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target = _target(page, link)
        assert target.exists(), link
        assert not link.anchor or link.anchor in anchors(target), link


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [_target(page, link) for link in links(page)]
    assert set(DOCUMENTS) - reached == set()


def test_decisions_are_numbered_without_a_gap_and_titled_with_their_number() -> None:
    assert [path.name[:4] for path in ADRS] == [f"{number:04d}" for number in range(1, len(ADRS) + 1)]
    assert all(headings(path)[0].startswith(f"{path.name[:4]} ") for path in ADRS)


@pytest.mark.parametrize("path", ADRS, ids=lambda path: str(path.name))
def test_a_decision_says_context_decision_and_consequences_on_half_a_page(path: Path) -> None:
    assert headings(path)[1:] == ["Context", "Decision", "Consequences"]
    assert len(path.read_text(encoding="utf-8").split()) <= 420


def test_every_decision_that_the_code_names_exists() -> None:
    named = {
        number
        for package in (*PRODUCT, "sandbox", "tour", "tests")
        for path in (ROOT / package).rglob("*.py")
        for number in re.findall(r"docs/adr/(\d{4})", path.read_text(encoding="utf-8"))
    }
    assert {"0002", "0003", "0004", "0005"} <= named
    assert named <= {path.name[:4] for path in ADRS}
