"""The app manifest, made from the routes and from the scopes, each with its reason."""

from typing import Any

from fellowship.views.ids import CommandName
from handlers import ROUTES
from handlers.payload import HOME_OPENED, Kind

SCOPES: dict[str, str] = {
    "channels:history": "to see whether a post whose answer was lost arrived in a public channel, so none is doubled",
    "channels:read": "to choose a cohort's channels in a form",
    "chat:write": "to post in the channels it was invited to, and to write to fellows",
    "commands": "for the slash commands",
    "groups:history": "as channels:history, for private channels it was invited to",
    "groups:read": "as channels:read, for private channels it was invited to",
    "im:history": "as channels:history, for direct messages; and to tell who writes to it that nobody reads there",
    "im:write": "to open a direct message with a fellow",
    "users:read": "to know a fellow's time zone and whether the account is active",
    "users:read.email": "to find the people of a pasted list by their addresses",
}
"""Every permission that the app asks for, and why; shown in docs/reference/permissions.md."""

COMMANDS: dict[CommandName, tuple[str, str]] = {
    CommandName.FELLOWSHIP: ("Set up a cohort, invite fellows, register", "[cohort | invite | pulse | register]"),
    CommandName.PULSE: ("Test or open a pulse for a cohort", ""),
    CommandName.EVALUATE: ("Results for evaluators, in the evaluation channel", "[latest pulse]"),
}

EVENTS = {"message": "message.im", HOME_OPENED: "app_home_opened"}
"""What to subscribe to for each event that a route serves."""


def manifest() -> dict[str, Any]:
    """The manifest to paste into Slack's app settings; raises KeyError when a route has no description here."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Fellowship Bot",
            "description": "Runs a leadership fellowship cohort and leaves an evaluation that can be trusted.",
            "background_color": "#1d4f60",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Fellowship Bot", "always_online": True},
            "slash_commands": [_command(CommandName(name)) for name in ROUTES[Kind.COMMAND]],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": [EVENTS[name] for name in ROUTES[Kind.EVENT]]},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def _command(name: CommandName) -> dict[str, Any]:
    description, hint = COMMANDS[name]
    command = {"command": str(name), "description": description, "should_escape": True}
    return {**command, "usage_hint": hint} if hint else command
