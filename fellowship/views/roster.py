"""Inviting fellows: the form, its report, and the invitation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from fellowship.views.ids import ActionId, BlockId, ViewId
from fellowship.views.layout import (
    SECTION_LIMIT,
    button,
    buttons,
    field,
    heading,
    modal,
    options,
    said,
    section,
    select,
    words_input,
)
from fellowship.views.message import Message
from fellowship.views.text import counted, joined, mention, on, one_line, shown, size

_LINE_SHOWN = 120
"""Characters of a bad line that are shown: enough to find it again."""
_NAMES_LIMIT = 2400
"""Characters that a list of names may take of its section."""


@dataclass(frozen=True)
class Problem:
    """A pasted line that could not be used; lines are counted from 1."""

    line_no: int
    line: str
    reason: str


def invite_modal(cohorts: Sequence[tuple[str, str]], selected: str | None) -> View:
    """The form for inviting fellows to one of ``cohorts`` (id, name); without any, the way to set one up."""
    if not cohorts:
        return modal(
            ViewId.INVITE,
            "Invite fellows",
            [
                section("There is no cohort yet to invite anybody to. Set one up first."),
                buttons([button("Set up a cohort", ActionId.NEW_COHORT)]),
            ],
        )
    choices = options(cohorts)
    return modal(
        ViewId.INVITE,
        "Invite fellows",
        [
            field(
                BlockId.INVITE_COHORT,
                "Cohort",
                select(choices, "Choose a cohort", value=selected or choices[0].value),
            ),
            field(
                BlockId.INVITE_LINES,
                "Fellows, one a line",
                words_input(placeholder="Amara Okafor, amara.okafor@example.org"),
                hint="A name and an e-mail address in each line, as you would paste them from a spreadsheet. "
                "Whoever is invited already is not invited again.",
            ),
        ],
        submit="Invite",
        close="Cancel",
    )


def invite_report(
    cohort_name: str, invited: Sequence[str], already: Sequence[str], problems: Sequence[Problem]
) -> Message:
    """Who was invited, who was before, and each line that could not be used with its reason."""
    blocks: list[Block] = [heading(f"Invitations: {one_line(cohort_name)}")]
    if invited:
        blocks.append(
            section(
                f"*Invited, {counted(len(invited), 'person', 'people')}:* {_names(invited)}. Each gets a direct "
                "message with the privacy notice and the registration form, on a weekday between 09:00 and 17:30 in "
                "their own time zone."
            )
        )
    else:
        blocks.append(section("*Nobody new was invited.*"))
    if already:
        blocks.append(section(f"*Invited before, so not again:* {_names(already)}."))
    if problems:
        blocks += _problem_blocks(problems)
    else:
        blocks.append(section("Every line could be used."))
    return said(*blocks)


def invite_failed(cohort_name: str) -> Message:
    """Slack's directory did not answer, several times over: nobody was invited, and what to do."""
    return said(
        heading(f"Invitations: {one_line(cohort_name)}"),
        section(
            "*Nobody was invited.* Slack did not tell me who the people on your list are, though I asked several times "
            "over half an hour. I have not kept the list."
        ),
        section("*Next:* paste it again later today. If it fails again, tell whoever runs this app."),
    )


def _names(names: Sequence[str]) -> str:
    written, taken = list[str](), 0
    for name in names:
        taken += size(shown(name)) + 2
        if taken > _NAMES_LIMIT:
            written.append(f"{len(names) - len(written)} more")
            break
        written.append(shown(name))
    return joined(written)


def _problem_blocks(problems: Sequence[Problem]) -> list[Block]:
    lines = [
        f"• Line {problem.line_no} (“{shown(problem.line, _LINE_SHOWN)}”): {shown(problem.reason.rstrip('.'), 200)}."
        for problem in problems
    ]
    listed, left = [""], len(lines)
    for line in lines:
        if size(listed[-1]) + 1 + size(line) > SECTION_LIMIT:
            if len(listed) == 3:  # some nine thousand characters: more is not read in a message
                break
            listed.append("")
        listed[-1] = f"{listed[-1]}\n{line}".lstrip("\n")
        left -= 1
    blocks: list[Block] = [section(f"*{counted(len(problems), 'line', 'lines')} could not be used:*")]
    blocks += [section(part) for part in listed]
    if left:
        blocks.append(
            section(f"And {counted(left, 'more line', 'more lines')}, which I will name when these are right.")
        )
    blocks += [
        section(
            "*Next:* correct what is wrong and paste it again. You can paste the whole list: nobody is invited twice."
        ),
        buttons([button("Paste again", ActionId.INVITE_FELLOWS, label="Paste again: invite fellows from a list")]),
    ]
    return blocks


def invitation(*, fellow_id: str, cohort_name: str, programme: str, start_on: dt.date, director_id: str) -> Message:
    """The direct message that invites a fellow to read the privacy notice and to register."""
    return said(
        heading("Welcome to your fellowship"),
        section(
            f"{mention(director_id)} has invited you to *{shown(cohort_name)}* ({shown(programme)}), which starts on "
            f"{on(start_on)}.\n\n"
            "*Next:* please read the privacy notice, then register. It is one short form and takes about a minute; if "
            "you stop half-way, what you have filled in is kept. You choose what you agree to, and your choice does "
            "not affect your post.\n\n"
            f"Questions? Ask {mention(director_id)}."
        ),
        buttons(
            [
                button("Read the privacy notice", ActionId.READ_NOTICE),
                button("Register", ActionId.REGISTER, fellow_id, label="Register for the fellowship", primary=True),
            ]
        ),
    )
