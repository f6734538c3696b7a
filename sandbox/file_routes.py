"""The bytes of files over HTTP: an upload's way in, the app's way out with its token, and each member's own way out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.files import File, disposition
from sandbox.record import Call
from sandbox.refusal import RefusalError
from sandbox.service import Service
from sandbox.workspace import Member, Message

_FORM_BYTES = 64_000
"""What a multipart form may add to the bytes of its file."""
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SHOWN_AS_TEXT = {"text/plain", "text/csv"}
_SIGN_IN = (
    '<!DOCTYPE html><html lang="en"><head><title>Sign in | Slack</title></head>'
    "<body><h1>Sign in to your workspace</h1></body></html>"
)


class FileRoutes:
    """Takes and gives the bytes of one workspace's files."""

    def __init__(self, service: Service) -> None:
        """Serve this workspace."""
        self.service = service
        self.workspace = service.workspace

    def routes(self) -> list[Route]:
        """Every route of files."""
        return [
            Route("/upload/v1/{ticket}", self._upload, methods=["POST"]),
            Route("/files-pri/{file}/{name}", self._private, methods=["GET"]),
            Route("/files-pri/{file}/download/{name}", self._private, methods=["GET"]),
            Route("/files/{member}/{file}/{name}", self._member, methods=["GET"]),
        ]

    # In

    async def _upload(self, request: Request) -> Response:
        """The second step of an upload; the bytes are not in the call log, only how many they are."""
        call = Call(len(self.service.calls) + 1, "upload", {}, self.service.now.isoformat())
        self.service.calls.append(call)
        file = self.workspace.files.awaited(str(request.path_params["ticket"]))
        body = await _body(request, (file.length if file else 0) + _FORM_BYTES)
        status, said = self._taken(file, body, request.headers.get("content-type", ""), call)
        call.status, call.answer = status, {"ok": status == 200}
        self.workspace.touch()
        return PlainTextResponse(said, status_code=status)

    def _taken(self, file: File | None, body: bytes | None, content_type: str, call: Call) -> tuple[int, str]:
        if file is None:
            return 404, "this upload URL is unknown, used or expired"
        data = _sent(content_type, body) if body is not None else None
        call.args = {"file_id": file.id, "length": None if data is None else len(data)}
        if data is None or len(data) != file.length:
            return 400, f"{file.length} bytes were promised, and something else came"
        self.workspace.files.receive(file, data)
        return 200, f"OK - {len(data)}"

    # Out

    async def _private(self, request: Request) -> Response:
        """``url_private``: for the app's token with files:read; everybody else gets a page, with status 200."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if token != self.service.bot_token or "files:read" not in self.workspace.manifest.bot_scopes:
            return HTMLResponse(_SIGN_IN)
        team, _, file_id = str(request.path_params["file"]).partition("-")
        file = self._kept(file_id) if team == self.workspace.team_id else None
        if file is None:
            return HTMLResponse("<!DOCTYPE html><title>Not found</title>", status_code=404)
        how: Literal["inline", "attachment"] = "attachment" if "/download/" in request.url.path else "inline"
        kind = file.kind.mimetype
        return _answer(file, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, how)

    async def _member(self, request: Request) -> Response:
        """A file as a member's browser gets it: what a browser could run comes as an attachment without a type."""
        member = self.workspace.members.get(str(request.path_params["member"]))
        file = self._kept(str(request.path_params["file"]))
        if member is None or file is None or not self.sees(member, file):
            return PlainTextResponse("there is no such file here", status_code=404, headers=_SAFE)
        if file.kind.is_image:
            return _answer(file, file.kind.mimetype, "inline")
        if file.kind.mimetype in _SHOWN_AS_TEXT:
            return _answer(file, "text/plain; charset=utf-8", "inline")
        return _answer(file, "application/octet-stream", "attachment")

    def _kept(self, file_id: str) -> File | None:
        try:
            return self.workspace.files.kept(file_id)
        except RefusalError:
            return None

    def sees(self, member: Member, file: File) -> bool:
        """Whether a message or a view before this member holds the file, or shows it as an image."""
        if member.deleted:
            return False
        for channel_id, ts in file.shares:
            if member.id in self.workspace.channels[channel_id].members and self.workspace.message(channel_id, ts):
                return True
        return any(self.service.slack_file(image) is file for image in self._images(member))

    def _images(self, member: Member) -> Iterator[Any]:
        """What every image in the messages and views before a member names as its ``slack_file``."""
        workspace = self.workspace
        views = [*workspace.stack(member.id), *(v for v in [workspace.homes.get(member.id)] if v)]
        for view in views:
            yield from _slack_files(view.body["blocks"])
        for channel in workspace.channels.values():
            if member.id in channel.members:
                for message in workspace.messages[channel.id]:
                    if _for(member, message):
                        yield from _slack_files(message.blocks)


def _for(member: Member, message: Message) -> bool:
    return message.ephemeral_to in {None, member.id}


def _slack_files(blocks: Sequence[dict[str, Any]]) -> Iterator[Any]:
    for block in blocks:
        for part in (block, block.get("accessory"), *(block.get("elements") or ())):
            if isinstance(part, dict) and part.get("type") == "image" and part.get("slack_file"):
                yield part["slack_file"]


def _answer(file: File, media_type: str, how: Literal["inline", "attachment"]) -> Response:
    headers = {**_SAFE, "Content-Type": media_type, "Content-Disposition": disposition(how, file.name)}
    return Response(file.data, headers=headers)


async def _body(request: Request, most: int) -> bytes | None:
    """The whole body, or None when it is larger than ``most``; it is read to its end, so that the answer is heard."""
    parts = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most:
            parts += chunk
    return bytes(parts) if size <= most else None


def _sent(content_type: str, body: bytes) -> bytes | None:
    """The bytes of the file: the first part with a filename of a multipart form, or the body as it came."""
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    boundary = re.search(r'boundary=(?:"([^"]+)"|([^\s;]+))', content_type)
    if boundary is None:
        return None
    fence = b"\r\n--" + (boundary[1] or boundary[2]).encode("latin-1")
    for part in (b"\r\n" + body).split(fence)[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        if b"filename" in head.lower():
            return data
    return None
