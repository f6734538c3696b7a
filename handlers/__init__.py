"""People act: the table of contents of every conversation, and its one registration with Bolt.

One listener per kind of payload with a table behind it costs what one listener costs; a listener per conversation
would cost four times as much (docs/adr/0005). Nothing happens on import.
"""

import re
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from fellowship.views.ids import ActionId, CommandName, ViewId
from handlers import cohort, direct_messages, evaluate, home, pulse, registration, roster, start
from handlers.edge import Edge
from handlers.payload import HOME_OPENED, Kind
from handlers.show import ClickRoute, Deps, Route, Routes

ROUTES: Routes = {
    Kind.COMMAND: {
        CommandName.FELLOWSHIP: Route(start.open_start, writes=False),
        CommandName.PULSE: Route(pulse.prepare_pulse, writes=False),
        CommandName.EVALUATE: Route(evaluate.show_latest_pulse, writes=False),
    },
    Kind.ACTION: {
        ActionId.NEW_COHORT: Route(cohort.open_new_cohort, writes=False),
        ActionId.INVITE_FELLOWS: Route(roster.open_invitation_form, writes=False),
        ActionId.READ_NOTICE: Route(registration.open_notice, writes=False),
        ActionId.REGISTER: Route(registration.open_registration, writes=False),
        ActionId.KEEP_REGISTRATION: Route(registration.keep_registration),
        ActionId.PREPARE_PULSE: Route(pulse.prepare_pulse, writes=False),
        ActionId.TEST_PULSE: Route(pulse.test_pulse),
        ActionId.ANSWER_FIRST_ITEM: ClickRoute(pulse.answer_first_item),
        ActionId.ANSWER_PULSE: Route(pulse.open_pulse_form, writes=False),
        ActionId.MUTE_PULSE: Route(pulse.mute_pulse),
        ActionId.REFRESH_HOME: Route(home.refresh_home, writes=False),
    },
    Kind.SUBMISSION: {
        ViewId.COHORT: Route(cohort.create_cohort, fields=cohort.FIELDS),
        ViewId.INVITE: Route(roster.invite_fellows, fields=roster.FIELDS),
        ViewId.REGISTRATION: Route(registration.submit_registration, fields=registration.FIELDS),
        ViewId.OPEN_PULSE: Route(pulse.open_pulse),
        ViewId.PULSE: Route(pulse.submit_pulse),
    },
    Kind.CLOSED: {
        ViewId.REGISTRATION: Route(registration.leave_registration),
    },
    Kind.EVENT: {
        "message": Route(direct_messages.answer_typed_message),
        HOME_OPENED: Route(home.open_home, writes=False),
    },
}


def register(app: App, deps: Deps) -> None:
    """Have ``app`` serve every route, and say so kindly for what is no longer one."""
    edge = Edge(ROUTES, deps)
    anything = re.compile(".*")

    # Bolt asks its listeners in this order: clicks come most often.
    @app.action(anything)
    def serve_action(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
        edge.serve(Kind.ACTION, body, ack, client)

    @app.command(anything)
    def serve_command(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
        edge.serve(Kind.COMMAND, body, ack, client)

    @app.view(anything)
    def serve_submission(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
        edge.serve(Kind.SUBMISSION, body, ack, client)

    @app.view_closed(anything)
    def serve_closed(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
        edge.serve(Kind.CLOSED, body, ack, client)

    @app.event(anything)
    def serve_event(body: dict[str, Any], ack: Ack, client: WebClient) -> None:
        edge.serve(Kind.EVENT, body, ack, client)
