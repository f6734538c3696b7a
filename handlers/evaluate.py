"""``/evaluate``: evaluators ask, in their cohort's evaluation channel."""

from fellowship.errors import RefusedError
from fellowship.rules.words import normal
from fellowship.services import evaluation
from fellowship.views.summary import latest_pulse
from handlers.payload import Payload
from handlers.show import Context, Reply, Show

WORDS = {"", "latest", "pulse", "latest pulse"}


def show_latest_pulse(payload: Payload, context: Context) -> Show:
    """The cohort's last released pulse, shown to the asker."""
    desk = evaluation.desk(context.session, context.actor, payload.channel_id)
    if normal(payload.words) not in WORDS:
        raise RefusedError("I can show the latest pulse so far.", "Type `/evaluate` alone to see it.")
    with context.deps.evaluation.write() as session:
        found = evaluation.latest_pulse(session, desk, payload.dedupe_key(context.deps.secret), context.now)
    return Reply(latest_pulse(found, desk.cohort_name))
