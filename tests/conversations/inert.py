"""Whether everything that the bot sent is inert: Slack took it, and no part of it is more than words but our own."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.mrkdwn import Reader, spans
from tests.conversations.conftest import House
from tests.hostile import BAIT, CHANNEL, HOSTILE
from tests.views.walk import Json, disturbs, liberties, marked_texts, refuse_what_slack_refuses, shown_strings

COMMANDS = ("/fellowship", "/pulse", "/evaluate", "/invite")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def sent(house: House) -> Iterator[tuple[str, Json]]:
    """Every message and view that the bot sent, by a call or by an acknowledgement, all of which Slack took."""
    for call in house.sandbox.calls:
        if call.method.startswith(("chat.", "views.")):
            assert call.ok, (call.method, call.answer)
            yield from _bodies(call.method, call.args)
    for delivery in house.sandbox.deliveries:
        assert delivery.acked, (delivery.kind, delivery.failure)
        yield from _bodies(delivery.kind, delivery.ack_payload or {})


def _bodies(where: str, holder: Json) -> Iterator[tuple[str, Json]]:
    for body in (holder, holder.get("view")):
        if body and "blocks" in body:
            assert isinstance(body["blocks"], list)
            yield where, body


def everything_sent_is_inert(house: House, at_least: int) -> None:
    """Nothing of ``at_least`` messages and views, or of the errors beside fields, is more than words but our own."""
    house.settles()
    unsent = house.rows("SELECT dedupe_key, state FROM outbox WHERE state NOT IN ('sent', 'superseded')")
    notices = house.sandbox.workspace.notices
    assert not unsent, unsent
    assert not notices, notices
    ours = {f"@{person.id}" for person in (house.ruth, house.nia)}
    ours |= {f"#{room}" for room in house.sandbox.workspace.channels if room != CHANNEL}
    checked = 0
    for where, body in sent(house):
        checked += 1
        refuse_what_slack_refuses(body)
        disturbing = [each for each in shown_strings(body) if disturbs(each)]
        strange = [(found, each) for each in marked_texts(body) for found in _strange(each, ours)]
        assert not disturbing + strange, (where, disturbing, strange)
    assert checked >= at_least, checked


def _strange(mrkdwn: str, ours: set[str]) -> Iterator[Any]:
    """Whatever Slack would make of the text that no word of ours makes."""
    for kind, *inside in liberties(mrkdwn):
        known = {
            "strong": not inside,
            "mention": inside[:1] != [] and inside[0] in ours,
            "date": inside[:1] != [] and inside[0].startswith(WEEKDAYS),
            "code": inside[:1] != [] and inside[0].startswith(COMMANDS),
        }
        if not known.get(kind):
            yield kind, inside
    for piece in spans(mrkdwn, Reader()):
        if piece == ["strong", ["zbold"]]:
            yield piece


def told_by(lines: str) -> list[str]:
    """The hostile strings and the bait that stand in a log, as it is written or as it is read."""
    read = [str(value) for line in lines.splitlines() for value in json.loads(line).values()]
    said = "\n".join([lines, *read])
    return [each for each in (*BAIT, *HOSTILE.values()) if len(each.strip()) > 4 and each in said]
