"""What no page of ours may do, watched while each test has pages open."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

_TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`content security policy: ${event.effectiveDirective} refused ${event.blockedURI}`));
"""


@dataclass
class Guard:
    """Keeps a record of what no page of ours may do; ``broken`` is a sentence for each."""

    origin: str
    expects: list[str] = field(default_factory=list)
    """Patterns of what this one test provokes on purpose."""
    _seen: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """What happened and was not expected."""
        return [one for one in self._seen if not any(re.search(pattern, one) for pattern in self.expects)]

    def watch(self, context: BrowserContext) -> None:
        """Watch every page of the context from now on."""
        context.add_init_script(_TELL_OF_VIOLATIONS)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)

    def _request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in {"data", "blob"} and f"{asked.scheme}://{asked.netloc}" != self.origin:
            self._seen.append(f"a request left for {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._seen.append(f"the console says: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self._seen.append(f"a script broke: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        self._seen.append(f"a dialog ({dialog.type}) said: {dialog.message}")
        dialog.dismiss()
