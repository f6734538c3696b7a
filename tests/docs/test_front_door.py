"""What stands at the front door is true: the README, .env.example, the manifest, and what the repository holds."""

import fnmatch
import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.cli import cli
from bot.manifest import manifest
from bot.settings import Settings, SettingsError, read_settings
from tests.docs.pages import DOCUMENTS, ROOT, read
from tests.docs.test_reference import default_of

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-example", "SLACK_APP_TOKEN": "xapp-example"}


def _example() -> list[list[str]]:
    """The paragraphs of .env.example, each a list of lines, without the opening one."""
    return [paragraph.splitlines() for paragraph in read(".env.example").strip().split("\n\n")][1:]


def test_the_example_has_every_setting_in_order_with_its_description_and_default() -> None:
    expected = [
        (
            f"# {field.description}",
            f"{name.upper()}=" if field.is_required() else f"# {name.upper()}={default_of(name)}",
        )
        for name, field in Settings.model_fields.items()
    ]
    assert [(lines[0], lines[-1]) for lines in _example()] == expected


def test_every_other_line_of_the_example_is_a_comment() -> None:
    assert all(line.startswith("# ") for lines in _example() for line in lines[:-1])
    assert set(dotenv_values(ROOT / ".env.example")) == set(TOKENS)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to start in, with none of our settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _filled(text: str) -> str:
    for name, token in TOKENS.items():
        text = text.replace(f"\n{name}=\n", f"\n{name}={token}\n")
    return text


def test_filling_in_the_two_empty_lines_is_enough_to_start(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text(_filled(read(".env.example")), encoding="utf-8")
    settings = read_settings()
    assert settings.slack_bot_token.get_secret_value() == TOKENS["SLACK_BOT_TOKEN"]


def test_leaving_them_empty_is_refused_by_name(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text(read(".env.example"), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert [sentence.partition(":")[0] for sentence in refused.value.sentences] == list(TOKENS)


def test_taking_every_comment_sign_away_changes_nothing(elsewhere: Path) -> None:
    text = _filled(read(".env.example"))
    (elsewhere / ".env").write_text(text, encoding="utf-8")
    commented = read_settings()
    (elsewhere / ".env").write_text(re.sub(r"^# ([A-Z_]+=)", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    assert read_settings() == commented


def test_the_manifest_in_the_repository_is_what_the_code_makes() -> None:
    assert read("manifest.json") == json.dumps(manifest(), indent=2) + "\n"


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = {
        (path.name, target)
        for path in DOCUMENTS
        for target in re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {("README.md", "demo"), ("README.md", "test"), ("README.md", "tour")} <= named
    assert {each for each in named if each[1] not in targets} == set()


def test_every_command_of_the_machine_that_the_documents_name_exists() -> None:
    there = {each.name or getattr(each.callback, "__name__", "") for each in cli.registered_commands}
    named = {
        (path.name, command)
        for path in DOCUMENTS
        for command in re.findall(r"fellowship-bot ([a-z]+)`?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert ("README.md", "run") in named
    assert {each for each in named if each[1] not in there} == set()


def test_every_setting_that_the_documents_name_exists() -> None:
    shaped = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)[`=]")
    named = {name for path in DOCUMENTS for name in shaped.findall(path.read_text(encoding="utf-8"))}
    # Two of Slack's own, which are named in order to be left out.
    assert named - {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} <= {name.upper() for name in Settings.model_fields}


def test_every_folder_that_the_readme_names_exists() -> None:
    named = re.findall(r"^\| `(\w+)/` \|", read("README.md"), re.MULTILINE)
    assert {name for name in named if not (ROOT / name / "__init__.py").is_file()} == set()
    assert set(named) == _packages()


def _project() -> dict[str, object]:
    project: dict[str, object] = tomllib.loads(read("pyproject.toml"))
    return project


def _packages() -> set[str]:
    listed = re.search(r"^packages = \[\n    \"bot\".*?^\]", read("pyproject.toml"), re.MULTILINE | re.DOTALL)
    assert listed
    return {name.partition(".")[0] for name in re.findall(r'"([\w.]+)"', listed[0])}


def test_no_other_distribution_brings_a_package_of_one_of_our_names() -> None:
    assert _packages() == {"bot", "fellowship", "handlers", "jobs", "models", "sandbox", "tour"}
    installed = importlib.metadata.packages_distributions()
    others = {name: set(installed.get(name, [])) - {"fellowship-bot"} for name in _packages()}
    assert not any(others.values()), others


def test_it_is_an_application_that_is_never_uploaded() -> None:
    project = _project()["project"]
    assert isinstance(project, dict)
    assert "Private :: Do Not Upload" in project["classifiers"]


def _kept() -> Iterator[Path]:
    """Every file of the repository that git would keep: what .gitignore does not name."""
    ignored = [line.rstrip("/") for line in read(".gitignore").splitlines() if line and not line.startswith("#")]
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if parts[0] != ".git" and path.is_file() and not any(fnmatch.fnmatch(p, i) for p in parts for i in ignored):
            yield path


# Written so that this file does not hold what it looks for.
_MACHINE_PATH = re.compile(rb"(?<![\w.:/-])/(?:" + b"|".join([b"home", b"root", b"tmp", b"Users", b"work"]) + rb")/\w")
_REGISTRY = re.compile(
    rb"\b(?:"
    + b"|".join([b"pypi", b"pythonhosted", b"npmjs", b"docker", b"golang"])
    + rb")\.(?:org|io|com)\b|/simple/\b"
)


def test_the_repository_holds_no_machine_path_and_no_registry_host() -> None:
    kept = list(_kept())
    assert ROOT / "pyproject.toml" in kept
    holding = {
        f"{path.relative_to(ROOT)}: {found[0].decode()}"
        for path in kept
        for pattern in (_MACHINE_PATH, _REGISTRY)
        if (found := pattern.search(path.read_bytes()))
    }
    assert holding == set()


@pytest.mark.parametrize("text", [b" /tm" + b"p/x", b'"/hom' + b'e/somebody"', b"https://pyp" + b"i.org/simple"])
def test_what_is_looked_for_would_be_found(text: bytes) -> None:
    assert _MACHINE_PATH.search(text) or _REGISTRY.search(text)


def test_the_licence_is_mit_as_the_project_says() -> None:
    project = _project()["project"]
    assert isinstance(project, dict)
    assert read("LICENSE").startswith(f"{project['license']['text']} License\n")
    assert "The Fellowship Bot maintainers" in read("LICENSE")


def test_the_changelog_begins_with_the_version_that_the_project_has() -> None:
    project = _project()["project"]
    assert isinstance(project, dict)
    newest = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert newest[1] == project["version"]
