"""Typed and pasted text, as keyboards, phones and word processors leave it."""

import re
import unicodedata

_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Zero-width characters, soft hyphens and direction marks: nobody sees them, so nobody means them.
_UNSEEN = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
LOOK_ALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
"""What stands for a character with which Slack would format, where we show what somebody typed."""
_PLAIN = {
    **dict.fromkeys(map(ord, _SINGLE_QUOTES), "'"),
    **dict.fromkeys(map(ord, _DOUBLE_QUOTES), '"'),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _UNSEEN), None),
    # What we showed can be copied and pasted back.
    **{ord(shown): typed for typed, shown in LOOK_ALIKES.items()},
}

_SHAPES = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors: they say how the character before them looks."""
_JOINERS = "\u200c\u200d"
# The flags of England, Scotland and Wales are a black flag and tags; tags anywhere else are hidden words.
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
_DROPPED = re.compile(
    f"({_FLAG})|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\ud800-\udfff]"
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_ACCENTS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# More than four on one letter is no spelling: it covers the lines above and below.
_STACK = re.compile(f"([{_ACCENTS}]{{4}})[{_ACCENTS}]+")
# A joiner or a shape with nothing before it, or a joiner with nothing after it, would take hold of its neighbour.
_LOOSE = re.compile(rf"^[\s{_JOINERS}{_SHAPES}]+|[\s{_JOINERS}]+$")
_SPACE_OR_JOINER = re.compile(rf"[\s\u2800{_JOINERS}{_SHAPES}]+")


def plain(text: str) -> str:
    """The text with straight quotes, hyphens and ordinary spaces, and without what cannot be seen; lines stay."""
    return text.translate(_PLAIN)


def normal(text: str) -> str:
    """The text as command words are matched: plain, case folded, one space between words and none around them."""
    return " ".join(plain(text).casefold().split())


def seen(text: str) -> str:
    """The text as one line of what can be seen of it; empty when nothing can.

    Nothing that is left turns round, joins, covers or hides the words beside it: control characters are spaces, marks
    of direction and characters that nobody sees are gone, and an accent at the start has a circle to stand on.
    """
    line = " ".join(_CONTROLS.sub(" ", _DROPPED.sub(r"\1", text)).split())
    line = _LOOSE.sub("", _STACK.sub(r"\1", line))
    if not _SPACE_OR_JOINER.sub("", line):
        return ""
    return f"\u25cc{line}" if unicodedata.category(line[0]).startswith("M") else line
