"""Ids that look like Slack's and are the same in every run with the same seed."""

from __future__ import annotations

import hashlib
import itertools

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def id_for(prefix: str, name: str) -> str:
    """An id of ``prefix`` and ten upper alphanumerics that depends on ``name`` alone."""
    number = int.from_bytes(hashlib.sha256(f"{prefix}:{name}".encode()).digest()[:8], "big")
    letters = []
    for _ in range(10):
        number, rest = divmod(number, 36)
        letters.append(_ALPHABET[rest])
    return prefix + "".join(letters)


def hex_for(name: str, length: int = 32) -> str:
    """``length`` (at most 64) hexadecimal digits that depend on ``name`` alone."""
    return hashlib.sha256(name.encode()).hexdigest()[:length]


class Counter:
    """Hands out ids in order, so that two runs of one story give the same ids."""

    def __init__(self, seed: str) -> None:
        """Start counting; two counters with one ``seed`` give the same ids."""
        self._seed = seed
        self._numbers = itertools.count(1)

    def id(self, prefix: str) -> str:
        """The next id with this prefix."""
        return id_for(prefix, f"{self._seed}:{next(self._numbers)}")

    def hex(self, length: int = 32) -> str:
        """The next token of hexadecimal digits."""
        return hex_for(f"{self._seed}:{next(self._numbers)}", length)
