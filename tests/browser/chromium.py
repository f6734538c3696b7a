"""Which Chromium the browser tests use, and how it is started."""

import os
import shutil
from collections.abc import Mapping

LEFT_OUT = "Browser tests were left out: no Chromium found. On Debian: apt-get install chromium"

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# It neither asks its maker for anything nor finds any host but this one, whatever a page or an extension wants.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-lcd-text",  # letters in greys, so that pictures of them look the same everywhere
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
)


def found(environment: Mapping[str, str] = os.environ) -> str | None:
    """The path of the Chromium to use: what CHROMIUM names, else the first on PATH; None where there is none."""
    named = environment.get("CHROMIUM")
    path = environment.get("PATH", "")
    if named:
        return shutil.which(named, path=path)
    return next((there for name in _NAMES if (there := shutil.which(name, path=path))), None)


def flags() -> list[str]:
    """How it is started. Its sandbox is left on for everybody but root, under whom it cannot start."""
    return [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
