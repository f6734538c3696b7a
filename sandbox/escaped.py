"""JSON that holds any text there is."""

import json
from typing import Any

from starlette.responses import JSONResponse


class EscapedJson(JSONResponse):
    """An answer in ASCII: a text may hold half a character, for which UTF-8 has no bytes."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - starlette's own signature
        """The body; whatever is beyond ASCII is escaped."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")
