"""The Home tab: what waits for a person, made anew whenever they open it. Nothing is recorded of that."""

from fellowship.services import home
from fellowship.views.home import home_view
from handlers.payload import Payload
from handlers.show import Context, Done, Home, Show


def open_home(payload: Payload, context: Context) -> Show:
    """The person's own page; for their Messages tab, nothing."""
    return refresh_home(payload, context) if payload.opens_home else Done()


def refresh_home(payload: Payload, context: Context) -> Show:  # noqa: ARG001 - every handler takes both
    """The person's own page, as it is now."""
    return Home(home_view(home.page(context.session, context.actor, context.policies, context.now)))
