"""Registering: the notice, the form, what is kept on the way."""

from fellowship.errors import UnknownSubjectError
from fellowship.services import registration
from fellowship.views.ids import BlockId
from fellowship.views.registration import RegistrationValues, notice_modal, registration_modal
from handlers.payload import Payload
from handlers.show import Context, Done, Open, Show

FIELDS = {
    "profession": BlockId.PROFESSION,
    "employer": BlockId.EMPLOYER,
    "host": BlockId.HOST,
    "project": BlockId.PROJECT,
    "weekdays": BlockId.WEEKDAYS,
    "start_on": BlockId.POST_START,
    "end_on": BlockId.POST_END,
}


def open_notice(payload: Payload, context: Context) -> Show:  # noqa: ARG001 - every handler takes both
    """The privacy notice, whole."""
    policies = context.policies
    return Open(
        notice_modal(data_protection_contact=policies.data_protection_contact, lawful_basis=policies.lawful_basis)
    )


def open_registration(payload: Payload, context: Context) -> Show:
    """The form of the invitation whose button was pressed, as the fellow left it."""
    return _form(payload.value, context)


def open_own_registration(payload: Payload, context: Context) -> Show:  # noqa: ARG001 - every handler takes both
    """The form of the fellow's newest invitation."""
    fellow_id = registration.latest_place(context.session, context.actor)
    if fellow_id is None:
        raise UnknownSubjectError(
            "You have not been invited to a fellowship here.", "An associate director can invite you."
        )
    return _form(fellow_id, context)


def _form(fellow_id: str, context: Context) -> Show:
    form = registration.form(context.session, context.actor, fellow_id)
    return Open(
        registration_modal(
            fellow_id=form.fellow_id,
            cohort_name=form.cohort_name,
            values=form.values,
            data_protection_contact=context.policies.data_protection_contact,
            lawful_basis=context.policies.lawful_basis,
            resumed=form.resumed,
        )
    )


def keep_registration(payload: Payload, context: Context) -> Show:
    """What is filled in so far, whenever something is chosen or typed."""
    registration.keep_draft(context.session, context.actor, payload.private_metadata, _values(payload), context.now)
    return Done()


def leave_registration(payload: Payload, context: Context) -> Show:
    """The form was closed unsent."""
    registration.leave_unfinished(
        context.session, context.actor, payload.private_metadata, payload.view_id, context.now
    )
    return Done()


def submit_registration(payload: Payload, context: Context) -> Show:
    """The form, sent."""
    registration.register(
        context.session, context.actor, payload.private_metadata, _values(payload), payload.view_id, context.now
    )
    return Done()


def _values(payload: Payload) -> RegistrationValues:
    fields = payload.fields
    return RegistrationValues(
        profession=fields.option(BlockId.PROFESSION) or None,
        employer=fields.text(BlockId.EMPLOYER),
        host=fields.text(BlockId.HOST),
        project=fields.text(BlockId.PROJECT),
        weekdays=frozenset(int(day) for day in fields.options(BlockId.WEEKDAYS)),
        start_on=fields.day(BlockId.POST_START),
        end_on=fields.day(BlockId.POST_END),
        purposes=frozenset(fields.options(BlockId.PURPOSES)),
    )
