"""Setting up a cohort: the form, its receipt, and the first words in its two channels."""

import datetime as dt
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ConversationFilter,
    ConversationSelectElement,
    DatePickerElement,
    PlainTextObject,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from fellowship import catalogue
from fellowship.views.ids import ActionId, BlockId, ViewId
from fellowship.views.layout import (
    VALUE,
    button,
    buttons,
    field,
    heading,
    line_input,
    modal,
    options,
    said,
    section,
    select,
)
from fellowship.views.message import Message
from fellowship.views.text import channel, joined, mention, on, one_line, shown


@dataclass(frozen=True)
class CohortCard:
    """A cohort as its own people are told of it. ``also_evaluates``: the associate director is an evaluator too."""

    name: str
    programme: str
    start_on: dt.date
    end_on: dt.date
    zone_label: str
    nation_label: str
    channel_id: str
    evaluation_channel_id: str
    evaluator_ids: tuple[str, ...]
    also_evaluates: bool


def cohort_modal() -> View:
    """The form that sets up a cohort."""
    zones, nations = options(catalogue.zones()), options(catalogue.nations())
    return modal(
        ViewId.COHORT,
        "Set up a cohort",
        [
            field(BlockId.COHORT_NAME, "Name of the cohort", line_input(), hint="Fellows see it in every message."),
            field(BlockId.COHORT_PROGRAMME, "Programme", line_input(), hint="The fellowship it belongs to."),
            field(BlockId.COHORT_START, "First day", _day("Choose the first day")),
            field(BlockId.COHORT_END, "Last day", _day("Choose the last day")),
            field(BlockId.COHORT_ZONE, "Time zone", select(zones, "Choose a time zone", value=zones[0].value)),
            field(
                BlockId.COHORT_NATION,
                "Bank holidays of",
                select(nations, "Choose a nation"),
                hint="Nobody is asked anything on these days.",
            ),
            field(
                BlockId.COHORT_CHANNEL,
                "The cohort's channel",
                _channel(),
                hint="Where the fellows are. Invite me there first if it is private.",
            ),
            field(
                BlockId.COHORT_EVALUATION_CHANNEL,
                "The evaluation channel",
                _channel(),
                hint="Where results are posted, without names. A different channel. Invite me there first too.",
            ),
            field(
                BlockId.COHORT_EVALUATORS,
                "Evaluators",
                UserMultiSelectElement(
                    action_id=VALUE, placeholder=PlainTextObject(text="Choose evaluators"), max_selected_items=20
                ),
                hint="They may ask for results in the evaluation channel. Best somebody other than you.",
                optional=True,
            ),
        ],
        submit="Set up",
        close="Cancel",
    )


def _day(placeholder: str) -> DatePickerElement:
    return DatePickerElement(action_id=VALUE, placeholder=PlainTextObject(text=placeholder))


def _channel() -> ConversationSelectElement:
    return ConversationSelectElement(
        action_id=VALUE,
        placeholder=PlainTextObject(text="Choose a channel"),
        filter=ConversationFilter(
            include=["public", "private"], exclude_bot_users=True, exclude_external_shared_channels=True
        ),
    )


def cohort_created(card: CohortCard, *, cohort_id: str) -> Message:
    """The receipt for the associate director, with the next step."""
    evaluators = (
        f"*Evaluators:* {joined(mention(each) for each in card.evaluator_ids)}"
        if card.evaluator_ids
        else "*Evaluators:* none yet, so nobody can ask for results with `/evaluate`"
    )
    blocks = [
        heading(f"Cohort set up: {one_line(card.name)}"),
        section(
            f"*Programme:* {shown(card.programme)}\n"
            f"*Dates:* {on(card.start_on)} to {on(card.end_on)}\n"
            f"*Time zone:* {shown(card.zone_label)}; bank holidays of {shown(card.nation_label)}\n"
            f"*Cohort's channel:* {channel(card.channel_id)}\n"
            f"*Evaluation channel:* {channel(card.evaluation_channel_id)}\n"
            f"{evaluators}"
        ),
    ]
    if card.also_evaluates:
        blocks.append(
            section(
                "*Please note:* you are both associate director and evaluator of this cohort. Fellows may answer less "
                "openly when one person holds both roles, so this is recorded. Somebody else can evaluate instead."
            )
        )
    return said(
        *blocks,
        section("*Next:* invite the fellows. I have said hello in both channels."),
        buttons([button("Invite fellows", ActionId.INVITE_FELLOWS, cohort_id, primary=True)]),
    )


def channel_hello(card: CohortCard) -> Message:
    """The first words in the cohort's channel: what will be posted here, and what will not."""
    return said(
        section(
            f"Hello. This is the channel of *{shown(card.name)}* ({shown(card.programme)}), which starts on "
            f"{on(card.start_on)}.\n"
            "Here I post only what is for the whole cohort. What is for you alone comes as a direct message. "
            "I keep nothing of what is written here, and nobody's answers are ever posted here.\n"
            "To see what I can do for you, type `/fellowship`."
        )
    )


def evaluation_hello(card: CohortCard) -> Message:
    """The first words in the evaluation channel: what will be posted here, and by which rules."""
    return said(
        section(
            f"Hello. This is the evaluation channel of *{shown(card.name)}* ({shown(card.programme)}).\n"
            "After each pulse I post here how many fellows were asked, how many answered, and figures for the group: "
            "never a name, and never one person's answers.\n"
            "A figure is shown only when enough people answered. How many is fixed when a pulse opens, is never fewer "
            "than three, and stands beside the figures. With too few answers I post the counts and say why.\n"
            "Evaluators can type `/evaluate` here to see the latest pulse again."
        )
    )


def cannot_post(channel_id: str) -> Message:
    """To the associate director: a message was refused by Slack, and what to do about it.

    ``channel_id`` is a channel, a member whom the app could not write to, or a direct message with one.
    """
    if not channel_id.startswith(("C", "G")):
        somebody = mention(channel_id) if channel_id.startswith(("U", "W")) else "one of your fellows"
        return said(
            section(
                f"I could not send a direct message to {somebody}: Slack does not let me write to them.\n"
                "Please tell them yourself, and ask the person who looks after this app whether their account is "
                "active and may receive messages from apps. They can also type `/fellowship` at any time."
            )
        )
    return said(
        section(
            f"I could not post in {channel(channel_id)}, most likely because I am not a member there.\n"
            "*What to do:* open the channel, type `/invite` and choose me. What I post next will then arrive.\n"
            "What I could not post is not sent again. Results are not lost by this: they are in the evaluation "
            "database, and evaluators can see them with `/evaluate`."
        )
    )
