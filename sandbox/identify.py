"""Give blocks and elements the ids that Slack gives them when the app did not."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from sandbox.ids import Counter
from sandbox.validation import interactive


def with_ids(blocks: Sequence[dict[str, Any]], counter: Counter) -> list[dict[str, Any]]:
    """A copy of valid blocks in which each has a block_id and each interactive element an action_id."""
    result = copy.deepcopy(list(blocks))
    for block in result:
        block["block_id"] = block.get("block_id") or counter.hex(5)
        for element in interactive(block):
            element["action_id"] = element.get("action_id") or counter.hex(6)
    return result
