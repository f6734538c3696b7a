"""The ``files.*`` methods: the two ends of an upload, and what there is to know of a file.

Errors: docs.slack.dev/reference/methods/files.getUploadURLExternal, completeUploadExternal, info and delete.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.arguments import Arguments
from sandbox.files import MOST_BYTES, File, clean
from sandbox.identify import with_ids
from sandbox.methods_chat import writable
from sandbox.refusal import RefusalError
from sandbox.service import Service
from sandbox.validation import check_message_blocks
from sandbox.workspace import Channel, Message

ALT_CHARACTERS = 1000
SNIPPET_BYTES = 1_000_000
CHANNELS = 100
_CHANNEL_ID = "^[CGDZ][A-Z0-9]{8,}$"


def _length(args: Arguments) -> int:
    given = args.text("length")
    if not re.fullmatch(r"-?\d{1,15}", given):
        raise RefusalError("invalid_arguments", messages=["[ERROR] must provide a number [json-pointer:/length]"])
    length = int(given)
    if length <= 0:
        raise RefusalError("missing_argument")
    if length > MOST_BYTES:
        raise RefusalError("file_upload_size_restricted")
    if args.maybe("snippet_type") and length > SNIPPET_BYTES:
        raise RefusalError("snippet_too_large")
    return length


def upload_url(service: Service, args: Arguments) -> dict[str, Any]:
    """``files.getUploadURLExternal``: a promise of so many bytes, and where to send them without a token.

    A ``snippet_type`` limits the size and changes nothing else.
    """
    workspace = service.workspace
    name = clean(args.text("filename"))
    length = _length(args)
    alt = clean(args.maybe("alt_txt") or "")
    if len(alt) > ALT_CHARACTERS:
        raise RefusalError("alt_txt_too_large")
    created = int(service.now.timestamp())
    file = File(workspace.counter.id("F"), name, workspace.bot_user_id, created, length, alt)
    ticket = workspace.counter.hex(48)
    workspace.files.promise(file, ticket)
    return {"upload_url": f"{service.base_url}/upload/v1/{ticket}", "file_id": file.id}


def _named(args: Arguments) -> dict[str, str]:
    """The ids of the files to complete, each with its title."""
    given = args.raw("files")
    if isinstance(given, str):  # in a JSON body it may be JSON once more
        try:
            given = json.loads(given)
        except ValueError:
            given = None
    if not given:
        raise RefusalError("invalid_arguments", messages=["[ERROR] missing required field: files"])
    if not isinstance(given, list) or not all(isinstance(one, dict) and one.get("id") for one in given):
        raise RefusalError("invalid_arguments", messages=["[ERROR] must be an array of objects [json-pointer:/files]"])
    return {str(one["id"]): clean(str(one.get("title") or "")) for one in given}


def _places(service: Service, args: Arguments) -> list[Channel]:
    """The conversations to share in, every one of which the app is in.

    A member's id is refused where chat.postMessage takes it: a direct conversation goes by its own id.
    """
    ids: list[str] = []
    for name in ("channel_id", "channels"):
        for wanted in args.ids(name):
            if not re.fullmatch(_CHANNEL_ID, wanted):
                message = f"[ERROR] input must match regex pattern: {_CHANNEL_ID} [json-pointer:/{name}]"
                raise RefusalError("invalid_arguments", messages=[message])
            ids.append(wanted)
    ids = list(dict.fromkeys(ids))
    if len(ids) > CHANNELS:
        raise RefusalError("channels_limit_exceeded")
    if args.maybe("thread_ts") and len(ids) > 1:
        raise RefusalError("invalid_arguments", messages=["[ERROR] thread_ts needs a single channel"])
    return [_place(service, each) for each in ids]


def _place(service: Service, channel_id: str) -> Channel:
    try:
        channel = writable(service, channel_id)
    except RefusalError as refusal:
        # The method's page lists no is_archived; this is the word that it has for it.
        if refusal.error == "is_archived":
            raise RefusalError("posting_to_channel_denied") from refusal
        raise
    if service.workspace.bot_user_id not in channel.members:
        raise RefusalError("not_in_channel")  # chat:write.public is about messages alone
    return channel


def complete(service: Service, args: Arguments) -> dict[str, Any]:
    """``files.completeUploadExternal``: all of the files in one message for each conversation, or none of anything.

    Without a conversation they are the app's own. The answer tells what Slack's does while a file is being processed:
    no type and no shares; ``files.info`` has them.
    """
    files = service.workspace.files
    wanted = _named(args)
    ready = [files.uploaded(file_id) for file_id in wanted]
    places = _places(service, args)
    text = args.maybe("initial_comment") or ""
    blocks = args.raw("blocks") if not text else None
    if blocks:
        check_message_blocks(blocks, service.has_image)
    for file in ready:
        files.keep(file, wanted[file.id])
    answer = [service.file_object(file, processed=False) for file in ready]
    for channel in places:
        _share(service, channel, ready, text, with_ids(blocks or [], service.workspace.counter), args)
    service.workspace.touch()
    return {"files": answer}


def _share(
    service: Service, channel: Channel, files: list[File], text: str, blocks: list[dict[str, Any]], args: Arguments
) -> None:
    workspace = service.workspace
    message = Message(
        ts=workspace.next_ts(channel),
        channel=channel.id,
        user=workspace.bot_user_id,
        text=text,
        blocks=blocks,
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        thread_ts=args.maybe("thread_ts"),
        subtype="file_share",
        files=[file.id for file in files],
    )
    workspace.post(message)
    service.posted(message)
    for file in files:
        file.shares.append((channel.id, message.ts))
        event = {
            "type": "file_shared",
            "channel_id": channel.id,
            "file_id": file.id,
            "user_id": file.user,
            "file": {"id": file.id},
            "event_ts": workspace.next_action_ts(),
        }
        service.emit(event, "file_shared", channel=channel.id)


def info(service: Service, args: Arguments) -> dict[str, Any]:
    """``files.info``: what it is, and where it is shared."""
    file = service.workspace.files.kept(args.text("file", missing="file_not_found"))
    body = service.file_object(file, shares=True)
    return {"file": body, "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(service: Service, args: Arguments) -> dict[str, Any]:
    """``files.delete``: the messages that hold it stay, and show that it was deleted."""
    workspace = service.workspace
    file = workspace.files.kept(args.text("file", missing="file_not_found"))
    workspace.files.delete(file)
    stamp = workspace.next_action_ts()
    service.emit({"type": "file_deleted", "file_id": file.id, "event_ts": stamp}, "file_deleted")
    workspace.touch()
    return {}
