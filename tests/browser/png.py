"""A PNG as Chromium takes it: what there is in it, and the same picture in few bytes. https://www.w3.org/TR/png-3/."""

import struct
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256
"""As many as a palette holds."""
_BYTES = {2: 3, 6: 4}
"""Bytes of a pixel, by the colour types that Chromium writes: with and without transparency."""


@dataclass(frozen=True)
class Picture:
    """The pixels, each of three or four bytes, row by row from the top."""

    width: int
    height: int
    rows: tuple[tuple[bytes, ...], ...]

    @property
    def colours(self) -> Counter[bytes]:
        """How often each colour is there."""
        return Counter(pixel for row in self.rows for pixel in row)


def read(path: Path) -> Picture:
    """The picture in that file."""
    data = path.read_bytes()
    assert data.startswith(_SIGNATURE), path
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert depth == 8, path
    packed, at = b"", len(_SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    size = _BYTES[kind]
    lines = _unfiltered(zlib.decompress(packed), width * size, size)
    return Picture(width, height, tuple(_pixels(line, size) for line in lines))


def _pixels(line: bytes, size: int) -> tuple[bytes, ...]:
    return tuple(line[at : at + size] for at in range(0, len(line), size))


def _unfiltered(raw: bytes, length: int, size: int) -> list[bytes]:
    lines, above = [], bytes(length)
    for start in range(0, len(raw), length + 1):
        line = bytearray(raw[start + 1 : start + 1 + length])
        how = raw[start]
        for at in range(length) if how else ():
            left = line[at - size] if at >= size else 0
            corner = above[at - size] if at >= size else 0
            line[at] = (line[at] + _expected(how, left, above[at], corner)) % 256
        above = bytes(line)
        lines.append(above)
    return lines


def _expected(how: int, left: int, above: int, corner: int) -> int:
    """What the filter expects a byte to be: the one to the left, above, their mean, or the nearest of three."""
    if how <= 2:
        return left if how == 1 else above
    if how == 3:
        return (left + above) // 2
    guess = left + above - corner
    return min((left, above, corner), key=lambda near: abs(guess - near))


def write(picture: Picture, path: Path) -> None:
    """The picture with a palette of its most frequent colours; the few others become the nearest of those."""
    counted = picture.colours
    palette = [colour for colour, _ in counted.most_common(_COLOURS)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in counted:
        if colour not in place:
            place[colour] = min(range(len(palette)), key=lambda number: _distance(palette[number], colour))
    lines = b"".join(b"\0" + bytes(place[pixel] for pixel in row) for row in picture.rows)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", b"".join(colour[:3] for colour in palette)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    path.write_bytes(_SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks))


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
