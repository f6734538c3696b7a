"""Files: what one is, what its bytes are, and where they live: in memory, for as long as the workspace does.

Source: docs.slack.dev/reference/objects/file-object.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from sandbox.refusal import RefusalError

UPLOAD_SECONDS = 15 * 60
"""How long an upload URL lives, in machine time: a number of ours, for Slack gives none."""
MOST_BYTES = 100_000_000
"""The size of one file: a limit of ours (Slack's is 1 GB), because everything here is kept in memory."""


@dataclass(frozen=True)
class Kind:
    """What Slack takes a file to be."""

    filetype: str
    mimetype: str
    pretty: str

    @property
    def is_image(self) -> bool:
        """Whether it is a picture that every browser shows."""
        return self in _IMAGES

    @property
    def fits_blocks(self) -> bool:
        """Whether an image block may show it (composition-objects/slack-file-object: png, jpg, jpeg, gif)."""
        return self in {_PNG, _JPEG, _GIF}


_PNG = Kind("png", "image/png", "PNG")
_JPEG = Kind("jpg", "image/jpeg", "JPEG")
_GIF = Kind("gif", "image/gif", "GIF")
_WEBP = Kind("webp", "image/webp", "WebP")
_IMAGES = {_PNG, _JPEG, _GIF, _WEBP}
_TEXT = Kind("text", "text/plain", "Plain Text")
_BINARY = Kind("binary", "application/octet-stream", "Binary")
_BY_SIGNATURE = ((b"\x89PNG\r\n\x1a\n", _PNG), (b"\xff\xd8\xff", _JPEG), (b"GIF87a", _GIF), (b"GIF89a", _GIF))
_OFFICE = "application/vnd.openxmlformats-officedocument"
_BY_ENDING = {
    "csv": Kind("csv", "text/csv", "CSV"),
    "docx": Kind("docx", f"{_OFFICE}.wordprocessingml.document", "Word Document"),
    "htm": Kind("html", "text/html", "HTML"),
    "html": Kind("html", "text/html", "HTML"),
    "ics": Kind("ics", "text/calendar", "Calendar"),
    "json": Kind("json", "application/json", "JSON"),
    "md": Kind("markdown", "text/markdown", "Markdown"),
    "pdf": Kind("pdf", "application/pdf", "PDF"),
    "pptx": Kind("pptx", f"{_OFFICE}.presentationml.presentation", "PowerPoint Presentation"),
    "svg": Kind("svg", "image/svg+xml", "SVG"),
    "txt": _TEXT,
    "xlsx": Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "Excel Spreadsheet"),
    "xml": Kind("xml", "application/xml", "XML"),
    "zip": Kind("zip", "application/zip", "Zip"),
}


def kind_of(name: str, data: bytes) -> Kind:
    """A picture is known by its first bytes, whatever it is called; everything else by the end of its name."""
    for signature, kind in _BY_SIGNATURE:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _WEBP
    known = _BY_ENDING.get(name.rpartition(".")[2].lower())
    if known is not None:
        return known
    try:
        data.decode()
    except UnicodeDecodeError:
        return _BINARY
    return _BINARY if b"\0" in data else _TEXT


@dataclass
class File:
    """One file of the app's: promised, then uploaded, then kept (which is when others can see it), then deleted."""

    id: str
    name: str
    user: str
    created: int
    length: int
    """How many bytes were promised."""
    alt: str = ""
    title: str = ""
    data: bytes = field(default=b"", repr=False)
    kind: Kind = _BINARY
    state: Literal["promised", "uploaded", "kept", "deleted"] = "promised"
    shares: list[tuple[str, str]] = field(default_factory=list)
    """The channel and the ts of every message that it was shared in; the message may be gone since."""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    @property
    def slug(self) -> str:
        """The name as the last part of an address: lower case, and nothing that an address gives a meaning to."""
        return re.sub(r"[^a-z0-9._-]", "_", self.name.lower()).strip(".") or "file"

    def path_for(self, member: str) -> str:
        """Where the member with this id finds it on the workspace's own page."""
        return f"/files/{member}/{self.id}/{self.slug}"

    @property
    def in_words(self) -> str:
        """What a message shows of it: ``(file: cohort.csv, 2 kB)``, with a picture's words where there are any."""
        if self.state == "deleted":
            return "(file: deleted)"
        words = (self.alt if self.kind.is_image else "") or (self.title if self.title != self.name else "")
        parts = [part for part in (words, self.name, size_in_words(self.size)) if part]
        return f"({'image' if self.kind.is_image else 'file'}: {', '.join(parts)})"


def size_in_words(size: int) -> str:
    """A number of bytes as people read it: ``12 bytes``, ``2 kB``, ``1.4 MB``."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    return f"{round(size / 1000)} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


def clean(text: str) -> str:
    """A text that came over the wire, with everything in it that is not Unicode replaced."""
    return text.encode("utf-8", "replace").decode()


def disposition(how: Literal["inline", "attachment"], name: str) -> str:
    """A Content-Disposition for any name (RFC 6266 and 8187): no control or direction mark, no path, 150 characters."""
    seen = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    bare = re.sub(r"[/\\]", "_", seen)[-150:] or "file"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", bare)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(bare, safe='')}"


@dataclass(frozen=True)
class Ticket:
    """The right to upload one file's bytes until a moment of machine time."""

    file: File
    until: float


class Files:
    """Every file of one workspace, and the upload URLs that are open."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """There are none yet; ``monotonic`` gives seconds of machine time."""
        self._monotonic = monotonic
        self._files: dict[str, File] = {}
        self._tickets: dict[str, Ticket] = {}

    def promise(self, file: File, ticket: str) -> None:
        """Take in a file whose bytes are to come with this ticket."""
        self._files[file.id] = file
        self._tickets[ticket] = Ticket(file, self._monotonic() + UPLOAD_SECONDS)

    def awaited(self, ticket: str) -> File | None:
        """The file whose bytes may come with this ticket now; None when the ticket is unknown, used or too old."""
        found = self._tickets.get(ticket)
        return found.file if found is not None and self._monotonic() <= found.until else None

    def receive(self, file: File, data: bytes) -> None:
        """Take the bytes; until the upload is completed they may come again, as after an answer that was lost."""
        file.data, file.kind, file.state = data, kind_of(file.name, data), "uploaded"

    def uploaded(self, file_id: str) -> File:
        """The file whose upload can be completed.

        Raises:
            RefusalError: ``file_not_found``: it is unknown, its bytes have not come, or it is complete already.
        """
        file = self._files.get(file_id)
        if file is None or file.state != "uploaded":
            raise RefusalError("file_not_found")
        return file

    def keep(self, file: File, title: str) -> None:
        """Complete an upload; its URL takes nothing more."""
        file.title, file.state = title or file.name, "kept"
        self._tickets = {key: ticket for key, ticket in self._tickets.items() if ticket.file is not file}

    def kept(self, file_id: str) -> File:
        """The file with this id, complete and not deleted.

        Raises:
            RefusalError: ``file_not_found`` or ``file_deleted``.
        """
        file = self._files.get(file_id)
        if file is None or file.state in {"promised", "uploaded"}:
            raise RefusalError("file_not_found")
        if file.state == "deleted":
            raise RefusalError("file_deleted")
        return file

    def shared(self, file_id: str) -> File:
        """The file that a message holds, deleted or not."""
        return self._files[file_id]

    def delete(self, file: File) -> None:
        """Forget the bytes; the messages that held the file show that it was deleted."""
        file.data, file.state = b"", "deleted"
