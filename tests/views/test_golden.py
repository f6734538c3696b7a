"""Each view is what its golden file says, and reads as its text twin reads."""

import json
from collections.abc import Callable

import pytest

from sandbox.mrkdwn import Reader
from sandbox.plain import plain, plain_view
from tests.views.conftest import GOLDEN
from tests.views.screens import NAMES, messages, views

READER = Reader(names=NAMES)


def _written(payload: object) -> str:
    return json.dumps(payload, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@pytest.mark.parametrize("name", messages())
def test_a_message_is_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    payload = messages()[name].payload()
    golden(f"{name}.json", _written(payload))
    golden(f"{name}.txt", plain(payload["blocks"], READER) + "\n")


@pytest.mark.parametrize("name", views())
def test_a_modal_is_as_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    payload = views()[name].to_dict()
    golden(f"{name}.json", _written(payload))
    golden(f"{name}.txt", plain_view(payload, READER) + "\n")


def test_no_golden_file_is_left_without_its_view(pytestconfig: pytest.Config) -> None:
    known = {f"{name}.{kind}" for name in [*messages(), *views()] for kind in ("json", "txt")}
    left = [path for path in GOLDEN.iterdir() if path.name not in known]
    if pytestconfig.getoption("--update-golden", default=False):
        for path in left:
            path.unlink()
        left = []
    assert not left
