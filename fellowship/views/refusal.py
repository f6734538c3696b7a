"""What is said when something cannot be done, or went wrong."""

import re

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from fellowship.rules.words import LOOK_ALIKES
from fellowship.views.ids import CommandName, ViewId
from fellowship.views.layout import modal, said, section
from fellowship.views.message import Message
from fellowship.views.text import LEFT_TO_RIGHT, escaped, isolated, literal, one_line

_SENTENCE_LIMIT = 1000
_ESCAPED_MENTION = re.compile(r"&lt;(@[UW][A-Z0-9]+)&gt;")
_MARK = re.escape(LOOK_ALIKES["`"])
_COMMAND = re.compile(rf"{_MARK}((?:{'|'.join(map(re.escape, CommandName))})(?: [a-z]+)?){_MARK}")


def refused(sentence: str, who_can_help: str) -> Message:
    """Why not, and who can help. ``sentence`` is plain words; ``who_can_help`` may also mention people."""
    return said(*_refusal(sentence, who_can_help))


def refusal_modal(sentence: str, who_can_help: str) -> View:
    """The same as a modal that can only be closed."""
    return modal(ViewId.REFUSAL, "Not possible", _refusal(sentence, who_can_help))


def unexpected(reference: str) -> Message:
    """Something broke; ``reference`` finds it in the log."""
    return said(_unexpected(reference))


def unexpected_modal(reference: str) -> View:
    """The same as a modal that can only be closed."""
    return modal(ViewId.REFUSAL, "Something went wrong", [_unexpected(reference)])


def cannot_read() -> Message:
    """Somebody wrote to the app as if to a person. What they wrote is not kept and not repeated."""
    return said(
        section(
            "I am an app and do not read messages, so nobody will answer what you write to me here. "
            "Type `/fellowship` and I will show you what I can do for you.\n\n"
            "If you want to talk to a person, write to your associate director."
        )
    )


def _refusal(sentence: str, who_can_help: str) -> list[Block]:
    # Mentions are made by us and only in who_can_help, so a name in the sentence can never become one.
    help_line = _ESCAPED_MENTION.sub(r"<\1>", _said(who_can_help))
    return [section(_said(sentence)), section(f"*Who can help:* {help_line}")]


def _said(sentence: str) -> str:
    """A sentence of ours, in which names may stand that people typed: a name at its start does not turn it round."""
    written = escaped(literal(one_line(sentence, _SENTENCE_LIMIT)))
    return isolated(_COMMAND.sub(r"`\1`", written), LEFT_TO_RIGHT)


def _unexpected(reference: str) -> Block:
    return section(
        "Something went wrong on my side. What you just did may not be saved: please look, and try it again. "
        "What was saved before is safe.\n\n"
        "If it happens again, give this reference to the person who looks after this app in your organisation: "
        f"`{escaped(reference)}`"
    )
