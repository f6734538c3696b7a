"""``/fellowship``: the doors that are open to whoever types it; with a word, straight through one of them."""

from fellowship.errors import RefusedError
from fellowship.rules.words import normal
from fellowship.services import people, registration
from fellowship.services.people import Role
from fellowship.views.start import Doors, start_modal
from handlers import cohort, pulse, roster
from handlers import registration as registration_handlers
from handlers.payload import Payload
from handlers.show import Context, Open, Show

WORDS = {
    "cohort": cohort.open_new_cohort,
    "invite": roster.open_invitation_form,
    "pulse": pulse.prepare_pulse,
    "register": registration_handlers.open_own_registration,
}


def open_start(payload: Payload, context: Context) -> Show:
    """A form with a button for each thing that the person may do."""
    words = normal(payload.words)
    if words in WORDS:
        return WORDS[words](payload, context)
    if words:
        raise RefusedError(
            "I do not know that word after `/fellowship`.",
            f"Type `/fellowship` alone for a menu, or one of: {', '.join(WORDS)}.",
        )
    directs = people.holds(context.session, context.actor, Role.ASSOCIATE_DIRECTOR)
    place = registration.latest_place(context.session, context.actor)
    return Open(start_modal(Doors(new_cohort=directs, invite=directs, pulse=directs, register=place)))
