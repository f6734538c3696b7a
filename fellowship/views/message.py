"""A message as the outbox keeps it: a text that says everything, and blocks that show it."""

from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block


@dataclass(frozen=True)
class Message:
    """What is said in one Slack message.

    ``text`` carries the whole message, not a title: screen readers and notifications read it and not the blocks
    (https://docs.slack.dev/reference/methods/chat.postMessage, Accessibility considerations).
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The JSON body for ``chat.postMessage`` and ``chat.update``, without channel and ts; links do not unfurl."""
        return {
            "text": self.text,
            "blocks": [block.to_dict() for block in self.blocks],
            "unfurl_links": False,
            "unfurl_media": False,
        }
