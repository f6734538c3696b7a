"""The only thing that talks to Slack unprompted: posts what the outbox holds, and asks the directory."""

import datetime as dt
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from fellowship.ports import DirectoryUnavailableError, Member
from fellowship.services.delivery import Parcel

METADATA_TYPE = "fellowship_message"
HISTORY_SKEW = dt.timedelta(minutes=2)
"""Slack's clock and ours may differ by this much."""

RETRY_LATER = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})
"""Slack did nothing and may do it later."""

UNCERTAIN = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Some of it may have been done (https://docs.slack.dev/reference/methods/chat.postMessage, errors)."""

INSTALL = frozenset(
    {
        "account_inactive",
        "access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""Nothing can be sent until somebody mends the installation; nothing is lost meanwhile."""

REFUSED = frozenset(
    {
        "cannot_dm_bot",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "ekm_access_denied",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_user_combination",
        "is_archived",
        "message_not_found",
        "messages_tab_disabled",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "too_many_attachments",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
"""Slack will not take this message to this place. Codes that are on no list are left to a person."""

MENDING_SECONDS = 120


@dataclass(frozen=True)
class Sent:
    """Slack has it, there."""

    channel_id: str
    ts: str


@dataclass(frozen=True)
class NotSent:
    """Slack certainly does not have it, and may take it after ``wait_seconds``; until then it takes no other either.

    ``everything``: no call at all will do, not only this method.
    """

    failure: str
    wait_seconds: float
    everything: bool = False


@dataclass(frozen=True)
class Refused:
    """Slack certainly does not have it and will not take it."""

    failure: str


@dataclass(frozen=True)
class Puzzling:
    """Slack said something that nobody foresaw: for a person to look at."""

    failure: str


@dataclass(frozen=True)
class Unknown:
    """Nobody can tell yet whether Slack has it."""

    failure: str


Outcome = Sent | NotSent | Refused | Puzzling | Unknown


def plain_client(token: str, api_url: str, timeout_seconds: float) -> WebClient:
    """A client that never sends anything twice by itself: the SDK's default handler does (docs/adr/0003)."""
    return WebClient(token=token, base_url=api_url, timeout=int(max(1, timeout_seconds)), retry_handlers=[])


class Messenger:
    """Posts parcels, and tells what history knows of one."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def send(self, parcel: Parcel) -> Outcome:
        """Post the parcel, or replace the message that it edits. One call, never repeated here."""
        try:
            if parcel.edits_ts:
                answer = self._client.chat_update(channel=parcel.channel_id, ts=parcel.edits_ts, **parcel.payload)
            else:
                answer = self._client.chat_postMessage(
                    channel=parcel.channel_id,
                    metadata={"event_type": METADATA_TYPE, "event_payload": {"ref": parcel.post_ref}},
                    **parcel.payload,
                )
        except SlackApiError as error:
            return _no(error)
        except Exception as error:  # noqa: BLE001 - urllib raises many kinds; each leaves the outcome unknown
            return Unknown(type(error).__name__)
        return Sent(str(answer["channel"]), str(answer["ts"]))

    def find(self, parcel: Parcel) -> Outcome:
        """What the channel's history says of a post whose outcome is unknown.

        Sent where it stands, NotSent when it is not there, Refused when history cannot be read: then a person decides.
        """
        oldest = f"{(parcel.first_attempt_at - HISTORY_SKEW).timestamp():.6f}"
        try:
            channel_id = self._channel_of(parcel.channel_id)
            cursor: str | None = None
            while True:
                page = self._client.conversations_history(
                    channel=channel_id, oldest=oldest, include_all_metadata=True, limit=200, cursor=cursor
                )
                for message in page["messages"]:
                    payload = (message.get("metadata") or {}).get("event_payload") or {}
                    if payload.get("ref") == parcel.post_ref:
                        return Sent(channel_id, str(message["ts"]))
                cursor = (page.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    return NotSent("not_in_history", 0)
        except SlackApiError as error:
            return _settled_later(_no(error))
        except Exception as error:  # noqa: BLE001 - as above: asked again later
            return Unknown(type(error).__name__)

    def _channel_of(self, channel_or_member_id: str) -> str:
        if channel_or_member_id[:1] not in "UW":
            return channel_or_member_id
        opened = self._client.conversations_open(users=channel_or_member_id)
        return str(opened["channel"]["id"])


def _settled_later(outcome: NotSent | Refused | Puzzling | Unknown) -> Outcome:
    """What a failed look into history means for the message: nothing yet, unless it will never be readable."""
    if isinstance(outcome, NotSent) and outcome.failure != "missing_scope":
        return Unknown(outcome.failure)
    return Refused(outcome.failure) if isinstance(outcome, NotSent) else outcome


def _no(error: SlackApiError) -> NotSent | Refused | Puzzling | Unknown:
    response = error.response
    if isinstance(response, dict):
        # What the SDK raises when the body is no JSON: half a body, or a gateway's own page.
        return Unknown(f"http_{response.get('status', 0)}")
    code = str(response.get("error", "unknown"))
    if response.status_code == 429 or code in RETRY_LATER:
        headers = {str(name).lower(): value for name, value in response.headers.items()}
        return NotSent(code, max(1.0, float(headers.get("retry-after", 5))))
    if response.status_code >= 500 or code in UNCERTAIN:
        return Unknown(code)
    if code in INSTALL:
        return NotSent(code, MENDING_SECONDS, everything=True)
    return Refused(code) if code in REFUSED else Puzzling(code)


class SlackDirectory:
    """Slack's own directory."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def by_email(self, email: str) -> Member | None:
        """As fellowship.ports.Directory."""
        try:
            user = self._client.users_lookupByEmail(email=email)["user"]
        except SlackApiError as error:
            if error.response.get("error") in {"users_not_found", "user_not_found"}:
                return None
            raise DirectoryUnavailableError(str(error.response.get("error"))) from None
        profile = user.get("profile") or {}
        return Member(
            slack_user_id=str(user["id"]),
            name=str(profile.get("display_name") or profile.get("real_name") or user.get("real_name") or "A fellow"),
            zone=user.get("tz"),
            is_active_person=not (user.get("deleted") or user.get("is_bot")),
        )
