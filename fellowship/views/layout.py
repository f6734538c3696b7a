"""The few shapes that every view is made of, each kept within Slack's limits.

Limits: https://docs.slack.dev/reference/block-kit (section text 3000, header 150, option and button text 75,
placeholder 150, label and hint 2000, modal title and buttons 24).
"""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    InputInteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from fellowship.views.ids import ViewId
from fellowship.views.message import Message
from fellowship.views.text import cut, escaped, literal, one_line, shortened

VALUE = "value"
"""The action id of the element in an input block, unless the input reports while it is filled in."""
SECTION_LIMIT = 3000
LINE_LIMIT = 150
"""Characters in a one-line answer."""
WORDS_LIMIT = 3000
"""Characters in an answer of several lines."""
# Slack cuts a message's text off at 40,000 characters: https://docs.slack.dev/reference/methods/chat.postMessage
_TEXT_LIMIT = 39_000


def heading(text: str) -> HeaderBlock:
    """A heading; ``text`` is plain."""
    return HeaderBlock(text=PlainTextObject(text=one_line(text)))


def section(mrkdwn: str, accessory: ButtonElement | None = None) -> SectionBlock:
    """A paragraph; what people typed in it has been escaped."""
    return SectionBlock(text=_marked(cut(mrkdwn, SECTION_LIMIT)), accessory=accessory)


def note(mrkdwn: str) -> ContextBlock:
    """A paragraph in small print; what people typed in it has been escaped."""
    return ContextBlock(elements=[_marked(cut(mrkdwn, SECTION_LIMIT))])


def button(
    text: str, action_id: str, value: str = "", *, label: str | None = None, primary: bool = False
) -> ButtonElement:
    """A button; ``label`` is what a screen reader says where ``text`` alone would not tell."""
    return ButtonElement(
        text=PlainTextObject(text=shortened(text, 75)),
        action_id=action_id,
        value=value or None,
        style="primary" if primary else None,
        accessibility_label=shortened(label, 75) if label else None,
    )


def buttons(elements: Sequence[ButtonElement]) -> ActionsBlock:
    """Buttons beside one another; at most 25."""
    return ActionsBlock(elements=list(elements))


def option(label: str, value: str) -> Option:
    """One thing to choose; ``label`` is plain."""
    return Option(text=PlainTextObject(text=one_line(label, 75)), value=value)


def options(pairs: Iterable[tuple[str, str]]) -> list[Option]:
    """Things to choose, from pairs of value and label; at most the 100 that a select holds."""
    return [option(label, value) for value, label in pairs][:100]


def chosen(among: Sequence[Option], value: str | None) -> Option | None:
    """The option with that value, to be chosen already when the form opens."""
    return next((each for each in among if each.value == value), None)


def select(
    among: Sequence[Option], placeholder: str, *, value: str | None = None, action_id: str = VALUE
) -> StaticSelectElement:
    """A menu; the option with ``value`` is chosen already."""
    return StaticSelectElement(
        action_id=action_id,
        placeholder=PlainTextObject(text=placeholder),
        options=list(among),
        initial_option=chosen(among, value),
    )


def line_input(value: str = "", *, action_id: str = VALUE, reports: bool = False) -> PlainTextInputElement:
    """A one-line answer; ``reports``: pressing Enter tells the app what is filled in so far."""
    return PlainTextInputElement(
        action_id=action_id,
        initial_value=value[:LINE_LIMIT] or None,
        max_length=LINE_LIMIT,
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_character_entered"]) if reports else None,
    )


def words_input(value: str = "", *, placeholder: str | None = None) -> PlainTextInputElement:
    """An answer of several lines."""
    return PlainTextInputElement(
        action_id=VALUE,
        multiline=True,
        initial_value=value[:WORDS_LIMIT] or None,
        max_length=WORDS_LIMIT,
        placeholder=PlainTextObject(text=placeholder) if placeholder else None,
    )


def field(
    block_id: str,
    label: str,
    element: InputInteractiveElement | PlainTextInputElement,
    *,
    hint: str | None = None,
    optional: bool = False,
    reports: bool = False,
) -> InputBlock:
    """One input of a form; ``label`` and ``hint`` are plain."""
    return InputBlock(
        block_id=block_id,
        label=PlainTextObject(text=shortened(label, 2000)),
        element=element,
        hint=PlainTextObject(text=shortened(hint, 2000)) if hint else None,
        optional=optional,
        dispatch_action=True if reports else None,
    )


def modal(
    view_id: ViewId,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str | None = None,
    close: str = "Close",
    metadata: str = "",
    notify_on_close: bool = False,
) -> View:
    """A modal; ``metadata`` is an id that tells what it is about, and gives no right to anything."""
    return View(
        type="modal",
        callback_id=view_id.value,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit) if submit else None,
        close=PlainTextObject(text=close),
        blocks=list(blocks),
        private_metadata=metadata,
        notify_on_close=True if notify_on_close else None,
    )


def said(*blocks: Block) -> Message:
    """A message of these blocks, whose text says every word that stands in them."""
    paragraphs = [paragraph for block in blocks for paragraph in _spoken(block)]
    return Message(text=cut("\n\n".join(paragraphs), _TEXT_LIMIT), blocks=blocks)


def _spoken(block: Block) -> list[str]:
    if isinstance(block, HeaderBlock) and block.text:
        return [escaped(literal(block.text.text or ""))]
    if isinstance(block, SectionBlock) and block.text:
        return [block.text.text or ""]
    if isinstance(block, ContextBlock):
        return [each.text or "" for each in block.elements if isinstance(each, MarkdownTextObject)]
    return []


def _marked(mrkdwn: str) -> MarkdownTextObject:
    # Verbatim: Slack makes no links of what looks like an address or a channel name in somebody's words.
    return MarkdownTextObject(text=mrkdwn, verbatim=True)
