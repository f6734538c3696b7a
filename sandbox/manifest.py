"""What an app manifest declares, as far as the workspace acts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOP_LEVEL = {"_metadata", "display_information", "features", "oauth_config", "settings", "functions", "workflows"}


@dataclass(frozen=True)
class Command:
    """A slash command that the app has declared."""

    name: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Manifest:
    """The app as its manifest declares it."""

    name: str = "App"
    bot_name: str = "app"
    description: str = ""
    commands: dict[str, Command] = field(default_factory=dict)
    bot_scopes: frozenset[str] = frozenset()
    bot_events: frozenset[str] = frozenset()
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    interactivity: bool = True

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> Manifest:
        """Read Slack's manifest format.

        Raises:
            ValueError: an unknown key at the top (Slack refuses it too), or a command that does not begin with ``/``.
        """
        unknown = set(body) - _TOP_LEVEL
        if unknown:
            raise ValueError(f"the manifest has unknown keys: {', '.join(sorted(unknown))}")
        features = body.get("features", {})
        home = features.get("app_home", {})
        settings = body.get("settings", {})
        name = str(body.get("display_information", {}).get("name", "App"))
        commands = {}
        for entry in features.get("slash_commands", ()):
            word = str(entry["command"])
            if not word.startswith("/") or not 2 <= len(word) <= 32:
                raise ValueError(f"{word!r} is not a slash command of 2 to 32 characters")
            commands[word] = Command(
                word,
                str(entry.get("description", "")),
                str(entry.get("usage_hint", "")),
                bool(entry.get("should_escape", False)),
            )
        return cls(
            name=name,
            bot_name=str(features.get("bot_user", {}).get("display_name", name)),
            description=str(body.get("display_information", {}).get("description", "")),
            commands=commands,
            bot_scopes=frozenset(body.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
            bot_events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            home_tab=bool(home.get("home_tab_enabled", True)),
            messages_tab=bool(home.get("messages_tab_enabled", True)),
            messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled", True)),
        )
