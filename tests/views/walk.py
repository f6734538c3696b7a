"""Walking through what a view becomes on its way to Slack."""

from collections.abc import Iterator
from typing import Any

from tests.views import screens
from tests.views.screens import Typed, as_typed

Json = dict[str, Any]


def payloads(typed: Typed = as_typed) -> dict[str, Json]:
    """Every message and every modal as JSON, by name."""
    said = {name: message.payload() for name, message in screens.messages(typed).items()}
    return said | {name: view.to_dict() for name, view in screens.views(typed).items()}


def objects(value: Any) -> Iterator[Json]:  # noqa: ANN401 - any JSON
    """Every JSON object in ``value``, itself included."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def marked_texts(payload: Json) -> list[str]:
    """Every text in which Slack looks for mentions, links and dates: mrkdwn, and a message's own text."""
    marked = [each["text"] for each in objects(payload) if each.get("type") == "mrkdwn"]
    return [*marked, payload["text"]] if isinstance(payload.get("text"), str) else marked


def all_words(payload: Json) -> str:
    """Everything that can be read in it, whatever its kind."""
    texts = [each["text"] for each in objects(payload) if isinstance(each.get("text"), str)]
    labels = [each["accessibility_label"] for each in objects(payload) if "accessibility_label" in each]
    return "\n".join([*texts, *labels])
