"""A deployment's mistakes are said at start, one plain sentence each, and never with the value."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1-secretsecret", "SLACK_APP_TOKEN": "xapp-1-secretsecret"}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in {**GOOD, **values}.items():
        monkeypatch.setenv(name, value)


def test_tokens_alone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch)
    settings = read_settings()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.policies.k_median, settings.policies.k_distribution) == (5, 8)


def test_settings_are_read_from_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{name}={value}" for name, value in GOOD.items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "ASSOCIATE_DIRECTORS=U012AB3CD, U012AB3CE"]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_settings().associate_directors == ("U012AB3CD", "U012AB3CE")


def test_a_missing_token_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", GOOD["SLACK_APP_TOKEN"])
    with pytest.raises(SettingsError) as mistakes:
        read_settings()
    assert mistakes.value.sentences == [
        "SLACK_BOT_TOKEN is not set. Put it into .env; .env.example says where it comes from."
    ]


MISTAKES = {
    "SLACK_BOT_TOKEN": ("xapp-in-the-wrong-place", "begins xoxb-"),
    "SLACK_APP_TOKEN": ("xoxb-in-the-wrong-place", "begins xapp-"),
    "SLACK_API_URL": ("https://slack.com/api", "ends with a slash"),
    "DATABASE_URL": ("mysql://somewhere/db", "sqlite:///var/name.db"),
    "EVALUATION_DATABASE_URL": ("sqlite:///var/operational.db", "another database"),
    "ASSOCIATE_DIRECTORS": ("@ruth", "member ids"),
    "K_MEDIAN": ("4", "greater than or equal to 5"),
    "K_DISTRIBUTION": ("4", "greater than or equal to 5"),
    "LATE_DAYS": ("-1", "greater than or equal to 0"),
    "SETTLE_SECONDS": ("5", "HTTP_TIMEOUT_SECONDS"),
    "LOG_LEVEL": ("LOUD", "pattern"),
    "PROGRAMME_CLOCK_URL": ("http://127.0.0.1:8790/sandbox/clock", "loopback"),
    "HELP_LINE": ("", "at least 3"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_has_its_sentence(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    value, said = MISTAKES[name]
    _set(monkeypatch, **{name: value})
    with pytest.raises(SettingsError) as mistakes:
        read_settings()
    assert len(mistakes.value.sentences) == 1
    assert said in mistakes.value.sentences[0]
    assert name in mistakes.value.sentences[0]


def test_tokens_never_travel_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, SLACK_API_URL="http://slack.example/api/")
    with pytest.raises(SettingsError, match="https unless it is on this machine"):
        read_settings()


def test_several_mistakes_are_all_said(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, K_MEDIAN="1", LOG_LEVEL="LOUD", DATABASE_URL="nonsense")
    with pytest.raises(SettingsError) as mistakes:
        read_settings()
    assert len(mistakes.value.sentences) == 3


def test_no_sentence_and_no_print_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch)
    assert "secretsecret" not in repr(read_settings())
    _set(monkeypatch, SLACK_BOT_TOKEN="wrong-secretsecret")
    with pytest.raises(SettingsError) as mistakes:
        read_settings()
    assert "secretsecret" not in str(mistakes.value)
