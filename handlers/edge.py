"""The edge around every conversation: who is this, seen before?, transaction, refusal into words, commit, ack.

An ack means saved: the transaction is committed before anything is acknowledged, and an error acknowledges too, with
a sentence, because over Socket Mode a missing ack leaves the person with a time-out (docs/adr/0002).
"""

import contextlib
import datetime as dt
import http.client
import secrets
import traceback
from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from fellowship.errors import InvalidFieldsError, RefusedError
from fellowship.ports import Actor
from fellowship.services import inbox
from fellowship.views import home, refusal
from fellowship.views.message import Message
from handlers.payload import Kind, Payload
from handlers.show import ClickContext, ClickRoute, Context, Deps, Done, Home, Open, Reply, Routes, Show
from models.session import DatabaseBusyError

log = structlog.get_logger()

RETIRED = RefusedError(
    "That button or form is from an older message and does nothing any more.",
    "Type `/fellowship` to see what you can do now.",
)
NOT_SAVED = RefusedError(
    "Nothing was saved just now: our records did not answer in time.", "Wait a minute, then press the button again."
)


class Edge:
    """Serves one delivery after another; safe to use from several threads."""

    def __init__(self, routes: Routes, deps: Deps) -> None:
        self._routes = routes
        self._deps = deps

    def serve(self, kind: Kind, body: dict[str, Any], ack: Ack, client: WebClient) -> None:
        """Work one delivery in, show its outcome, acknowledge it as the last thing."""
        payload = Payload(kind, body)
        try:
            show = self._work(payload)
        except InvalidFieldsError as invalid:
            ack(response_action="errors", errors=self._beside_fields(payload, invalid))
            return
        except RefusedError as refused:
            show = self._in_words(payload, refused)
        except (DatabaseBusyError, OperationalError, PoolTimeoutError) as failure:
            reference = _report(payload, failure)
            if payload.kind is Kind.EVENT:
                _make_home_safe(payload, reference, client)
                raise  # no acknowledgement: Slack delivers it again
            show = self._in_words(payload, NOT_SAVED)
        except Exception as failure:
            reference = _report(payload, failure)
            if payload.kind is Kind.EVENT:
                _make_home_safe(payload, reference, client)
                raise  # no acknowledgement: Slack delivers it again
            show = _unexpected(payload, reference)
        _answer(payload, show, ack, client)

    def _work(self, payload: Payload) -> Show:
        route = self._routes[payload.kind].get(payload.route)
        if route is None:
            if payload.kind is Kind.EVENT:
                return Done()
            raise RETIRED
        deps = self._deps
        now = deps.clock.now()
        actor = Actor(payload.workspace_id, payload.slack_user_id)
        if isinstance(route, ClickRoute):
            return self._click(route, payload, actor, now)
        if not route.writes:
            with deps.operational.read() as session:
                return route.handle(payload, Context(session, actor, now, deps))
        with deps.operational.write() as session:
            if not inbox.take_in(session, actor.workspace_id, payload.dedupe_key(deps.secret), now):
                return Done()
            show = route.handle(payload, Context(session, actor, now, deps))
        deps.wake()
        return show

    def _click(self, route: ClickRoute, payload: Payload, actor: Actor, now: dt.datetime) -> Show:
        deps = self._deps
        with deps.operational.write_directly() as direct:
            if not inbox.take_in_directly(direct, actor.workspace_id, payload.dedupe_key(deps.secret), now):
                return Done()
            show = route.handle(payload, ClickContext(direct, actor, now, deps))
        deps.wake()
        return show

    def _beside_fields(self, payload: Payload, invalid: InvalidFieldsError) -> dict[str, str]:
        fields = self._routes[payload.kind][payload.route].fields
        return {fields[name]: sentence for name, sentence in invalid.problems.items()}

    @staticmethod
    def _in_words(payload: Payload, refused: RefusedError) -> Show:
        if payload.kind is Kind.COMMAND:
            return Reply(refusal.refused(refused.sentence, refused.who_can_help))
        return Open(refusal.refusal_modal(refused.sentence, refused.who_can_help))


def _unexpected(payload: Payload, reference: str) -> Show:
    if payload.kind is Kind.COMMAND:
        return Reply(refusal.unexpected(reference))
    return Open(refusal.unexpected_modal(reference))


def _report(payload: Payload, failure: Exception) -> str:
    """Log what failed and where, under a short reference; neither what was typed nor the error's own words."""
    reference = secrets.token_hex(4).upper()
    frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(failure.__traceback__)]
    log.error(
        "delivery_failed",
        reference=reference,
        kind=payload.kind,
        route=payload.route,
        error=type(failure).__name__,
        frames=frames[-6:],
    )
    return reference


def _answer(payload: Payload, show: Show, ack: Ack, client: WebClient) -> None:
    match payload.kind, show:
        case Kind.SUBMISSION, Open(view):
            # On top, so that what was typed is still there underneath.
            ack(response_action="push", view=view)
        case Kind.SUBMISSION, _:
            ack(response_action="clear")
        case Kind.COMMAND, Reply(message):
            ack(_reply_body(message))
        case ((Kind.COMMAND | Kind.ACTION), Open(view)):
            opened = _open(payload, view, client)
            if opened or payload.kind is Kind.ACTION:
                ack()
            else:
                ack("The form could not be opened. Please type it again.")
        case _, Home(view):
            _publish(payload, view, client)
            ack()
        case _:
            ack()


def _reply_body(message: Message) -> dict[str, Any]:
    return {"response_type": "ephemeral", **message.payload()}


def _open(payload: Payload, view: View, client: WebClient) -> bool:
    """Whether the modal could be opened: a trigger lives three seconds and serves once."""
    with contextlib.suppress(SlackApiError, OSError, http.client.HTTPException):
        if payload.in_modal:
            client.views_push(trigger_id=payload.trigger_id, view=view)
        else:
            client.views_open(trigger_id=payload.trigger_id, view=view)
        return True
    log.warning("modal_not_opened", route=payload.route)
    return False


def _publish(payload: Payload, view: View, client: WebClient) -> None:
    """Raises for an event whose view Slack did not take, which is so not acknowledged: Slack delivers it again."""
    try:
        client.views_publish(user_id=payload.slack_user_id, view=view)
    except (SlackApiError, OSError, http.client.HTTPException):
        log.warning("home_not_published", route=payload.route)
        if payload.kind is Kind.EVENT:
            raise


def _make_home_safe(payload: Payload, reference: str, client: WebClient) -> None:
    """What stood on a Home tab that could not be made anew may not be true any more: an apology takes its place."""
    if payload.opens_home:
        with contextlib.suppress(SlackApiError, OSError, http.client.HTTPException):
            _publish(payload, home.unexpected_home(reference), client)
