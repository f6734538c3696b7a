"""The connection to Slack dies without a farewell, and the bot is back before people have given up."""

from tests.conversations.conftest import House, eventually

SOON_SECONDS = 12
"""Left to itself the SDK comes back after 28 seconds, measured."""


def test_after_a_reset_the_bot_is_back_soon_and_serves(house: House) -> None:
    hub = house.sandbox.service.hub
    before = hub.connections[0].number
    house.sandbox.sockets("abort")
    assert eventually(lambda: any(each.number > before for each in hub.connections), SOON_SECONDS)
    assert house.ruth.types("/fellowship").ok
    assert "Fellowship" in house.ruth.modal_text
