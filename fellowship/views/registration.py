"""Registration: the privacy notice, the form, and the receipts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, CheckboxesElement, DatePickerElement, Option, PlainTextObject
from slack_sdk.models.views import View

from fellowship import catalogue
from fellowship.views.ids import ActionId, BlockId, ViewId, suffixed
from fellowship.views.layout import (
    LINE_LIMIT,
    button,
    buttons,
    field,
    heading,
    line_input,
    modal,
    option,
    options,
    said,
    section,
    select,
)
from fellowship.views.message import Message
from fellowship.views.text import WEEKDAYS, escaped, joined, literal, on, one_line, shown

_CONFIGURED_LIMIT = 300
"""Characters of a configured sentence that are shown."""
_CUT = f"What you typed was longer than the {LINE_LIMIT} characters that fit here: please check where it ends."


@dataclass(frozen=True)
class RegistrationValues:
    """What a fellow has filled in so far, perhaps not all. Weekdays are numbers, Monday being 0."""

    profession: str | None
    employer: str
    host: str
    project: str
    weekdays: frozenset[int]
    start_on: dt.date | None
    end_on: dt.date | None
    purposes: frozenset[str]


def notice_modal(*, data_protection_contact: str, lawful_basis: str) -> View:
    """The privacy notice, whole."""
    notice = catalogue.privacy_notice()
    paragraphs = notice.filled(
        data_protection_contact=literal(one_line(data_protection_contact, _CONFIGURED_LIMIT)),
        lawful_basis=literal(one_line(lawful_basis, _CONFIGURED_LIMIT)),
    )
    blocks: list[Block] = [heading(notice.title)]
    blocks += [section(f"*{escaped(each.heading)}*\n{escaped(each.text)}") for each in paragraphs]
    blocks.append(section(f"This is version {escaped(notice.version)} of the notice."))
    return modal(ViewId.NOTICE, "Privacy notice", blocks)


def registration_modal(
    *,
    fellow_id: str,
    cohort_name: str,
    values: RegistrationValues,
    data_protection_contact: str,
    lawful_basis: str,
    resumed: bool,
) -> View:
    """The registration form with ``values`` filled in; each input reports, so that nothing is lost on the way."""
    says = f"For *{shown(cohort_name)}*. What you fill in is kept on the way; you can stop and carry on later."
    if resumed:
        says = f"For *{shown(cohort_name)}*. You are back where you stopped: what you filled in is still here."
    notice = section(
        f"*Privacy.* {escaped(catalogue.privacy_notice().short)}\n"
        f"Lawful basis: {shown(lawful_basis, _CONFIGURED_LIMIT)}.",
        button("Read the whole notice", ActionId.READ_NOTICE),
    )
    contact = section(f"Questions about your information: {shown(data_protection_contact, _CONFIGURED_LIMIT)}.")
    return modal(
        ViewId.REGISTRATION,
        "Register",
        [section(says), notice, contact, *_post_fields(values), *_agreement_fields(values)],
        submit="Register",
        close="Later",
        metadata=fellow_id,
        notify_on_close=True,
    )


def _keeps(field_name: str) -> str:
    return suffixed(ActionId.KEEP_REGISTRATION, field_name)


def _post_fields(values: RegistrationValues) -> list[Block]:
    professions = options((each.profession_id, each.label) for each in catalogue.professions())
    profession = select(professions, "Choose your profession", value=values.profession, action_id=_keeps("profession"))
    fields: list[Block] = [field(BlockId.PROFESSION, "Your profession", profession, reports=True)]
    for block_id, name, label, value, hint in (
        (BlockId.EMPLOYER, "employer", "Your employer", values.employer, None),
        (BlockId.HOST, "host", "Your host organisation", values.host, "Where you do your fellowship."),
        (BlockId.PROJECT, "project", "Your project", values.project, "A working title will do."),
    ):
        element = line_input(value, action_id=_keeps(name), reports=True)
        told = " ".join(each for each in (hint, _CUT if len(value) > LINE_LIMIT else None) if each)
        fields.append(field(block_id, label, element, hint=told or None, reports=True))
    fields.append(
        field(
            BlockId.WEEKDAYS,
            "Your fellowship days",
            _boxes(
                "weekdays", [option(name, str(day)) for day, name in enumerate(WEEKDAYS)], map(str, values.weekdays)
            ),
            hint="I ask you things on these days only.",
            reports=True,
        )
    )
    for block_id, name, label, day in (
        (BlockId.POST_START, "start_on", "First day of your post", values.start_on),
        (BlockId.POST_END, "end_on", "Last day of your post", values.end_on),
    ):
        picker = DatePickerElement(
            action_id=_keeps(name),
            placeholder=PlainTextObject(text="Choose a day"),
            initial_date=day.isoformat() if day else None,
        )
        fields.append(field(block_id, label, picker, reports=True))
    return fields


def _agreement_fields(values: RegistrationValues) -> list[Block]:
    purposes = catalogue.purposes()
    sentences = "\n".join(f"• *{escaped(each.label)}:* {escaped(each.sentence)}" for each in purposes)
    boxes = [option(each.label, each.purpose_id) for each in purposes]
    return [
        section(f"*What you can agree to.* Each is your choice, and none affects your post.\n{sentences}"),
        field(
            BlockId.PURPOSES,
            "I agree to",
            _boxes("purposes", boxes, values.purposes),
            hint="You can change this later. Leave a box empty if you do not agree, or are not sure yet.",
            optional=True,
            reports=True,
        ),
    ]


def _boxes(field_name: str, boxes: list[Option], ticked: Iterable[str]) -> CheckboxesElement:
    values = set(ticked)
    return CheckboxesElement(
        action_id=_keeps(field_name),
        options=boxes,
        initial_options=[each for each in boxes if each.value in values] or None,
    )


def registered(*, cohort_name: str, values: RegistrationValues, fellow_id: str) -> Message:
    """The receipt: what was saved, what happens next, and how to change it."""
    labels = {each.profession_id: each.label for each in catalogue.professions()}
    dates = f"{on(values.start_on)} to {on(values.end_on)}" if values.start_on and values.end_on else "not given yet"
    days = joined(WEEKDAYS[day] for day in sorted(values.weekdays)) or "not given yet"
    agreed = [each.label for each in catalogue.purposes() if each.purpose_id in values.purposes]
    agreements = f"*You agreed to:* {escaped('; '.join(agreed))}" if agreed else "*You agreed to:* nothing for now"
    return said(
        heading("You are registered"),
        section(f"This is what I saved for *{shown(cohort_name)}*:"),
        section(
            f"*Profession:* {shown(labels.get(values.profession or '', 'not given yet'))}\n"
            f"*Employer:* {shown(values.employer)}\n"
            f"*Host organisation:* {shown(values.host)}\n"
            f"*Project:* {shown(values.project)}\n"
            f"*Fellowship days:* {days}\n"
            f"*Post:* {dates}\n"
            f"{agreements}"
        ),
        section(_what_next(values)),
        buttons(
            [
                button("Change my details", ActionId.REGISTER, fellow_id),
                button("Read the privacy notice", ActionId.READ_NOTICE),
            ]
        ),
    )


def _what_next(values: RegistrationValues) -> str:
    asks_for_help = "If something looks wrong, change it here, or ask your associate director."
    if "evaluation" in values.purposes:
        return (
            "*Next:* nothing to do now. Once your post has begun, I will send you a short pulse now and then, here, "
            f"on one of your fellowship days. Before each one I say who sees what. {asks_for_help}"
        )
    return (
        "*Next:* nothing to do now. You did not agree to take part in the evaluation, so no pulse will come to you. "
        f"That does not affect your post, and you can change it at any time. {asks_for_help}"
    )


def registration_kept(cohort_name: str, fellow_id: str) -> Message:
    """The form was closed half done: nothing is lost, and here is the way back."""
    return said(
        section(
            f"Your registration for *{shown(cohort_name)}* is not finished yet. What you filled in is kept. Carry "
            "on whenever it suits you."
        ),
        buttons([button("Carry on registering", ActionId.REGISTER, fellow_id, primary=True)]),
    )
