"""The ``chat.*`` methods, and the response URLs that bypass them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sandbox.arguments import Arguments
from sandbox.identify import with_ids
from sandbox.refusal import RefusalError
from sandbox.service import Service
from sandbox.shapes import weight
from sandbox.validation import check_message_blocks
from sandbox.workspace import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Channel, Message, ResponseUrl

POST_CHARACTERS = 40_000
UPDATE_CHARACTERS = 4_000
METADATA_BYTES = 16_000


def _destination(service: Service, wanted: str) -> Channel:
    workspace = service.workspace
    member = workspace.members.get(wanted)
    if member is not None:
        if member.is_bot:
            raise RefusalError("cannot_dm_bot")
        channel = None if member.deleted else workspace.dm_with(member.id)
    else:
        channel = workspace.channels.get(wanted) or next(
            (c for c in workspace.channels.values() if c.name and c.name == wanted.removeprefix("#")), None
        )
    if channel is None:
        raise RefusalError("channel_not_found")
    if channel.is_im:
        if workspace.members[channel.user or ""].deleted:
            raise RefusalError("channel_not_found")
        if not workspace.manifest.messages_tab:
            raise RefusalError("messages_tab_disabled")
    return channel


def writable(service: Service, wanted: str) -> Channel:
    """The conversation that the app may post to.

    Raises:
        RefusalError: ``channel_not_found`` (also: private and the app is not in it), ``not_in_channel``,
            ``is_archived``, ``cannot_dm_bot``, ``messages_tab_disabled``.
    """
    channel = _destination(service, wanted)
    inside = service.workspace.bot_user_id in channel.members
    if channel.is_private and not inside:
        raise RefusalError("channel_not_found")
    if channel.is_archived:
        raise RefusalError("is_archived")
    if not inside and "chat:write.public" not in service.workspace.manifest.bot_scopes:
        raise RefusalError("not_in_channel")
    return channel


def _metadata(value: Any) -> dict[str, Any] | None:  # noqa: ANN401 - as it came over the wire
    if value in (None, {}, ""):
        return None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("event_type"), str)
        or not isinstance(value.get("event_payload"), dict)
    ):
        raise RefusalError("invalid_metadata_format")
    if weight(value) > METADATA_BYTES:
        raise RefusalError("metadata_too_large")
    return {"event_type": value["event_type"], "event_payload": value["event_payload"]}


def _content(service: Service, args: Arguments) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    text = args.raw("text") or ""
    blocks = args.raw("blocks") or []
    attachments = args.raw("attachments") or []
    markdown = args.raw("markdown_text")
    if markdown:
        if text or blocks:
            raise RefusalError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}]
    if not text and not blocks and not attachments:
        raise RefusalError("no_text")
    check_message_blocks(blocks, service.has_image)
    if not isinstance(attachments, list):
        raise RefusalError("invalid_attachments")
    if len(attachments) > 100:
        raise RefusalError("too_many_attachments")
    return str(text), with_ids(blocks, service.workspace.counter), attachments


def post_message(service: Service, args: Arguments) -> dict[str, Any]:
    """``chat.postMessage``: a user id as channel opens the direct conversation."""
    workspace = service.workspace
    channel = writable(service, args.text("channel", missing="channel_not_found"))
    text, blocks, attachments = _content(service, args)
    message = Message(
        ts=workspace.next_ts(channel),
        channel=channel.id,
        user=workspace.bot_user_id,
        text=text[:POST_CHARACTERS],
        blocks=blocks,
        attachments=attachments,
        metadata=_metadata(args.raw("metadata")),
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        thread_ts=args.maybe("thread_ts"),
        reply_broadcast=args.flag("reply_broadcast"),
    )
    workspace.post(message)
    service.posted(message)
    return {"channel": channel.id, "ts": message.ts, "message": service.message_object(message)}


def post_ephemeral(service: Service, args: Arguments) -> dict[str, Any]:
    """``chat.postEphemeral``: for one member, who must be in the conversation."""
    workspace = service.workspace
    channel = writable(service, args.text("channel", missing="channel_not_found"))
    user = args.text("user", missing="user_not_found")
    if user not in workspace.members or workspace.members[user].deleted:
        raise RefusalError("user_not_found")
    if user not in channel.members:
        raise RefusalError("user_not_in_channel")
    text, blocks, attachments = _content(service, args)
    message = ephemeral(service, channel.id, user, text, blocks)
    message.attachments = attachments
    message.thread_ts = args.maybe("thread_ts")
    return {"message_ts": message.ts}


def ephemeral(service: Service, channel: str, user: str, text: str, blocks: list[dict[str, Any]]) -> Message:
    """Show one member a message from the app that nobody else sees."""
    workspace = service.workspace
    return workspace.post(
        Message(
            ts=workspace.next_ts(workspace.channels[channel]),
            channel=channel,
            user=workspace.bot_user_id,
            text=text,
            blocks=blocks,
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            ephemeral_to=user,
        )
    )


def _own(service: Service, args: Arguments, refusal: str) -> tuple[Channel, Message]:
    channel = service.workspace.channels.get(args.text("channel", missing="channel_not_found"))
    if channel is None or (channel.is_private and service.workspace.bot_user_id not in channel.members):
        raise RefusalError("channel_not_found")
    message = service.workspace.message(channel.id, args.text("ts", missing="message_not_found"))
    if message is None or message.ephemeral_to:
        raise RefusalError("message_not_found")
    if message.bot_id != service.workspace.bot_id:
        raise RefusalError(refusal)
    if channel.is_archived:
        raise RefusalError("is_archived")
    return channel, message


def update(service: Service, args: Arguments) -> dict[str, Any]:
    """``chat.update``: the app's own messages only; blocks and metadata that are not given stay."""
    channel, message = _own(service, args, "cant_update_message")
    text = args.raw("text")
    blocks = args.raw("blocks")
    if not text and not blocks and not args.raw("attachments") and not args.raw("markdown_text"):
        raise RefusalError("no_text")
    if isinstance(text, str) and len(text) > UPDATE_CHARACTERS:
        raise RefusalError("msg_too_long")
    before = service.message_object(message)
    change(service, message, text, blocks)
    if args.raw("metadata") is not None:
        message.metadata = _metadata(args.raw("metadata"))
    message.edited = {"user": service.workspace.bot_user_id, "ts": service.workspace.next_ts(channel)}
    service.workspace.touch()
    service.edited(message, before)
    body = service.message_object(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": body}


def change(service: Service, message: Message, text: Any, blocks: Any) -> None:  # noqa: ANN401 - as they came
    """Give a message a new text and new blocks; None leaves what is there.

    Raises:
        RefusalError: the blocks are invalid.
    """
    if blocks is not None:
        check_message_blocks(blocks, service.has_image)
        message.blocks = with_ids(blocks, service.workspace.counter)
        message.choices = {}
        message.text = ""
    if text is not None:
        message.text = str(text)
    service.workspace.touch()


def delete(service: Service, args: Arguments) -> dict[str, Any]:
    """``chat.delete``: the app's own messages only."""
    channel, message = _own(service, args, "cant_delete_message")
    drop(service, message)
    return {"channel": channel.id, "ts": message.ts}


def drop(service: Service, message: Message) -> None:
    """Take a message away."""
    before = service.message_object(message)
    service.workspace.messages[message.channel].remove(message)
    service.workspace.touch()
    if not message.ephemeral_to:
        service.removed(service.workspace.channels[message.channel], before)


def permalink(service: Service, args: Arguments) -> dict[str, Any]:
    """``chat.getPermalink``."""
    channel = service.workspace.channels.get(args.text("channel", missing="channel_not_found"))
    if channel is None:
        raise RefusalError("channel_not_found")
    ts = args.text("message_ts", missing="message_not_found")
    if service.workspace.message(channel.id, ts) is None:
        raise RefusalError("message_not_found")
    link = f"https://{service.workspace.team_domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


# Response URLs


def respond(service: Service, key: str, body: Mapping[str, Any]) -> None:
    """What a POST to a response URL does.

    Raises:
        RefusalError: ``expired_url`` after thirty minutes of programme time, ``used_url`` after five uses,
            ``invalid_blocks``, ``no_text``.
    """
    right = service.workspace.response_urls.get(key)
    if right is None or service.now - right.born > timedelta(seconds=RESPONSE_URL_SECONDS):
        raise RefusalError("expired_url")
    if right.uses >= RESPONSE_URL_USES:
        raise RefusalError("used_url")
    original = service.workspace.message(right.channel, right.message_ts) if right.message_ts else None
    if body.get("delete_original"):
        right.uses += 1
        if original is not None:
            drop(service, original)
        return
    text, blocks, _ = _content(service, Arguments(body))
    right.uses += 1
    if body.get("replace_original") and original is not None:
        before = service.message_object(original)
        change(service, original, text, blocks)
        if not original.ephemeral_to:
            service.edited(original, before)
        return
    answer(service, right, text, blocks, in_channel=body.get("response_type") == "in_channel")


def answer(
    service: Service, right: ResponseUrl, text: str, blocks: list[dict[str, Any]], *, in_channel: bool
) -> Message:
    """A new message in answer to an interaction: for the member alone, or for the channel."""
    if not in_channel:
        return ephemeral(service, right.channel, right.user, text, blocks)
    workspace = service.workspace
    message = Message(
        ts=workspace.next_ts(workspace.channels[right.channel]),
        channel=right.channel,
        user=workspace.bot_user_id,
        text=text,
        blocks=blocks,
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
    )
    workspace.post(message)
    service.posted(message)
    return message


def acknowledged(service: Service, user: str, channel: str, body: Mapping[str, Any]) -> Message | None:
    """The message in a slash command's ack, shown; None when the ack carries none.

    Raises:
        RefusalError: its blocks are invalid.
    """
    if not body.get("text") and not body.get("blocks"):
        return None
    text, blocks, _ = _content(service, Arguments(body))
    right = ResponseUrl("", user, channel, None, service.now)
    return answer(service, right, text, blocks, in_channel=body.get("response_type") == "in_channel")
