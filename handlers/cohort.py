"""Setting up a cohort."""

import datetime as dt

from fellowship.services import cohorts, people
from fellowship.views.cohort import cohort_modal
from fellowship.views.ids import BlockId
from handlers.payload import Payload
from handlers.show import Context, Done, Open, Show

FIELDS = {
    "name": BlockId.COHORT_NAME,
    "programme": BlockId.COHORT_PROGRAMME,
    "end_on": BlockId.COHORT_END,
    "zone": BlockId.COHORT_ZONE,
    "nation": BlockId.COHORT_NATION,
    "channel_id": BlockId.COHORT_CHANNEL,
    "evaluation_channel_id": BlockId.COHORT_EVALUATION_CHANNEL,
}


def open_new_cohort(payload: Payload, context: Context) -> Show:  # noqa: ARG001 - every handler takes both
    """The form for a new cohort, for an associate director."""
    people.require_director(context.session, context.actor)
    return Open(cohort_modal())


def create_cohort(payload: Payload, context: Context) -> Show:
    """The cohort as filled in."""
    fields = payload.fields
    cohorts.create(
        context.session,
        context.actor,
        cohorts.NewCohort(
            name=fields.text(BlockId.COHORT_NAME),
            programme=fields.text(BlockId.COHORT_PROGRAMME),
            start_on=fields.day(BlockId.COHORT_START) or dt.date.min,
            end_on=fields.day(BlockId.COHORT_END) or dt.date.min,
            zone=fields.option(BlockId.COHORT_ZONE),
            nation=fields.option(BlockId.COHORT_NATION),
            channel_id=fields.channel(BlockId.COHORT_CHANNEL),
            evaluation_channel_id=fields.channel(BlockId.COHORT_EVALUATION_CHANNEL),
            evaluator_ids=fields.people(BlockId.COHORT_EVALUATORS),
        ),
        context.now,
    )
    return Done()
