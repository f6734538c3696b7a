"""The story is played twice, each time by two separate processes over the wire, and comes out the same."""

import re
import subprocess
import sys
from pathlib import Path

from tour.story import CANARY, FELLOWS


def _start(folder: Path) -> subprocess.Popen[str]:
    folder.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "tour"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_the_story_holds_and_two_runs_leave_the_same_evaluation(tmp_path: Path) -> None:
    runs = [_start(tmp_path / name) for name in ("first", "second")]
    digests = []
    for run in runs:
        told, _ = run.communicate(timeout=120)
        assert run.returncode == 0, told
        digests += re.findall(r"^evaluation-digest ([0-9a-f]{64})$", told, re.MULTILINE)
        assert CANARY not in told
    assert len(digests) == 2
    assert digests[0] == digests[1]
    for name in ("first", "second"):
        _check_what_is_left(tmp_path / name / "var" / "tour")
    _check_excerpt((tmp_path / "first" / "var" / "tour" / "transcript.md").read_text(encoding="utf-8"))


def _check_excerpt(transcript: str) -> None:
    """What the README quotes of the story is in it."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    quoted = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    assert quoted
    for line in filter(None, "\n".join(quoted).splitlines()):
        assert f"| {line}" in transcript


def _check_what_is_left(left: Path) -> None:
    for name in ("operational.db", "evaluation.db", "transcript.md"):
        assert (left / name).stat().st_size > 1000
    holding = {path.name for path in left.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()}
    assert holding == {"operational.db"}
    logs = (left / "bot.log").read_text() + (left / "sandbox.log").read_text()
    assert "xoxb-" not in logs
    assert not any(fellow.name in logs for fellow in FELLOWS)
