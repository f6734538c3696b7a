"""``python -m bot`` is ``fellowship-bot``."""

from bot.cli import main

main()
