"""The whole story of `make tour`, lived through the page by pointer and keyboard, comes out the same."""

import contextlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import png
from tests.browser.person import PageWorkspace
from tests.browser.pictures import DOCUMENTED, MOST_BYTES, MOTIFS, PicturingTeller
from tour.running import Running, digest
from tour.story import Story


def _digest_of_the_tour(folder: Path) -> str:
    folder.mkdir()
    told = subprocess.run([sys.executable, "-m", "tour"], cwd=folder, capture_output=True, text=True, check=True).stdout
    found = re.search(r"^evaluation-digest [0-9a-f]{64}$", told, re.MULTILINE)
    assert found, told
    return found[0]


def _check(path: Path, *, update: bool) -> None:
    """There is something to see on it; with ``update`` the documentation shows it from now on."""
    picture = png.read(path)
    assert min(picture.width, picture.height) > 100, path
    assert len(picture.colours) > 50, path
    if update:
        DOCUMENTED.mkdir(exist_ok=True)
        png.write(picture, DOCUMENTED / path.name)


def test_the_pictures_that_the_documentation_shows_are_there_and_small() -> None:
    for what in MOTIFS:
        assert 5_000 < (DOCUMENTED / f"{what}.png").stat().st_size < MOST_BYTES, what


@pytest.mark.long
def test_the_story_lived_through_the_page_leaves_the_evaluation_that_the_tour_leaves(
    on_page: PageWorkspace, sandbox: Running, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "tour"
    teller = PicturingTeller(folder / "transcript.md", lambda: on_page.now)
    teller.page = on_page.page
    teller.pictures_in = tmp_path / "pictures"
    story = Story(on_page, teller, folder)
    with contextlib.closing(teller):
        story.play()
    assert len(on_page.were) >= 5, "the members acted on the page"
    for what in MOTIFS:
        _check(tmp_path / "pictures" / f"{what}.png", update=request.config.getoption("--update-pictures"))
    sandbox.bot.terminate()
    sandbox.bot.wait(timeout=10)
    story.check_what_is_left()
    assert digest(folder) == _digest_of_the_tour(tmp_path / "elsewhere")
