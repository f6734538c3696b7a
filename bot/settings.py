"""Settings from the environment and ``.env``, checked at start: one plain sentence for each mistake."""

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from fellowship.ports import Policies

SLACK = "https://slack.com/api/"


class SettingsError(Exception):
    """The settings cannot be used; ``sentences`` has one line for each mistake."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Settings(BaseSettings):
    """Everything that a deployment can set. Each field's description is its line in docs/reference/settings.md."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    slack_bot_token: SecretStr = Field(description="Bot token of the app, beginning xoxb-.")
    slack_app_token: SecretStr = Field(description="App-level token with connections:write, beginning xapp-.")
    slack_api_url: str = Field(SLACK, description="Any Slack-compatible server; ends with a slash.")
    database_url: str = Field("sqlite:///var/operational.db", description="The operational database.")
    evaluation_database_url: str = Field("sqlite:///var/evaluation.db", description="The evaluation database.")
    associate_directors: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Slack member ids of associate directors, separated by commas."
    )
    k_median: int = Field(
        5, ge=5, description="Fewest people with a value for a median's band; never under 5 (docs/adr/0007)."
    )
    k_distribution: int = Field(8, ge=5, description="Fewest people with a value for a distribution.")
    late_days: int = Field(2, ge=0, le=10, description="Own days after closing on which late answers are taken.")
    help_line: str = Field(
        Policies.help_line,
        min_length=3,
        max_length=300,
        description="Shown beside the open question: where to get help now.",
    )
    data_protection_contact: str = Field(
        Policies.data_protection_contact, min_length=3, max_length=200, description="Named in the privacy notice."
    )
    lawful_basis: str = Field(
        Policies.lawful_basis, min_length=3, max_length=300, description="Stated in the privacy notice."
    )
    programme_clock_url: str = Field(
        "", description="Where programme time is served; only with a local workspace, for demos and tests."
    )
    tick_seconds: float = Field(5, gt=0, le=60, description="How often due work is looked for.")
    http_timeout_seconds: float = Field(10, gt=0, le=60, description="How long one call to Slack may take.")
    settle_seconds: float = Field(
        60,
        gt=0,
        description="How long after a call with unknown outcome Slack's history is asked; more than the time-out.",
    )
    heartbeat_file: Path = Field(Path("var/heartbeat"), description="Touched while the connection to Slack lives.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("associate_directors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("associate_directors")
    @classmethod
    def _member_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not re.fullmatch(r"[UW][A-Z0-9]{6,}", each):
                raise ValueError("must be Slack member ids such as U012AB3CD, separated by commas")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("xoxb-"):
            raise ValueError("must be the bot token, which begins xoxb- (OAuth & Permissions, in the app's settings)")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("xapp-"):
            raise ValueError("must be an app-level token, which begins xapp- (Basic Information, App-Level Tokens)")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        if not value.endswith("/") or urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must be an http or https address that ends with a slash, such as https://slack.com/api/")
        if urlsplit(value).scheme == "http" and not _is_loopback(value):
            raise ValueError("must be https unless it is on this machine: tokens would travel in the clear")
        return value

    @field_validator("database_url", "evaluation_database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError("must look like sqlite:///var/name.db or postgresql+psycopg://user@host/name")
        return value

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if self.database_url == self.evaluation_database_url:
            raise ValueError(
                "EVALUATION_DATABASE_URL must name another database than DATABASE_URL: evaluators get only the one"
            )
        if self.k_distribution < self.k_median:
            raise ValueError("K_DISTRIBUTION must not be smaller than K_MEDIAN")
        if self.settle_seconds < 1.5 * self.http_timeout_seconds:
            raise ValueError("SETTLE_SECONDS must be at least one and a half times HTTP_TIMEOUT_SECONDS")
        if self.programme_clock_url and not (
            _is_loopback(self.slack_api_url) and _is_loopback(self.programme_clock_url)
        ):
            raise ValueError(
                "PROGRAMME_CLOCK_URL is for a workspace on this machine: SLACK_API_URL and it must be loopback"
            )
        return self

    @property
    def policies(self) -> Policies:
        """What the programme needs to know of them."""
        return Policies(
            k_median=self.k_median,
            k_distribution=self.k_distribution,
            late_days=self.late_days,
            help_line=self.help_line,
            data_protection_contact=self.data_protection_contact,
            lawful_basis=self.lawful_basis,
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """The settings as the environment and ``.env`` have them; raises SettingsError with a sentence for each mistake."""
    if os.environ.get("SLACK_CLIENT_ID") and os.environ.get("SLACK_CLIENT_SECRET"):
        # Bolt would take them for an app of many workspaces and drop our token, with no more than a log line.
        raise SettingsError(
            ["SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set. Take them out: this app serves one workspace."]
        )
    try:
        return Settings()
    except ValidationError as invalid:
        raise SettingsError([_sentence(dict(error)) for error in invalid.errors()]) from None


def _sentence(error: dict[str, object]) -> str:
    where = error["loc"]
    name = str(where[0]).upper() if isinstance(where, tuple) and where else ""
    if error["type"] == "missing":
        return f"{name} is not set. Put it into .env; .env.example says where it comes from."
    # pydantic's own words, without the value: it may be a secret.
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {said}." if name else f"{said}."
