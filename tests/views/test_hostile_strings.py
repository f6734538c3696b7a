"""Whatever members type, a view says all that it has to say, and nothing typed means anything to Slack."""

import functools
import re

import pytest

from fellowship.rules.words import plain
from fellowship.views.layout import LINE_LIMIT, WORDS_LIMIT
from fellowship.views.text import shown
from tests.hostile import BAIT, HOSTILE
from tests.views.walk import (
    Json,
    disturbs,
    liberties,
    marked_texts,
    objects,
    payloads,
    refuse_what_slack_refuses,
    shown_strings,
    whole,
)

ORDINARY = "Zq"
EDITED_IN_PLACE = ("pulse_", "director_status")
"""Messages that chat.update changes later; their text holds 4,000 characters."""


@functools.cache
def _ordinary() -> dict[str, Json]:
    return payloads(lambda _: ORDINARY)


def test_there_are_a_hundred_hostile_strings_and_no_screen_of_ours_holds_their_bait() -> None:
    assert len(set(HOSTILE.values())) == len(HOSTILE) >= 100
    ours = "\n".join(text for payload in payloads().values() for text in shown_strings(payload))
    assert [bait for bait in BAIT if bait in ours] == []


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_string_changes_nothing_of_a_view_but_the_words_typed(typed: str) -> None:
    for name, payload in payloads(lambda _: typed).items():
        refuse_what_slack_refuses(payload)
        assert not [text for text in shown_strings(payload) if disturbs(text)], name
        for said, ordinary in zip(marked_texts(payload), marked_texts(_ordinary()[name]), strict=True):
            assert liberties(said) == liberties(ordinary), name
            # A list of long names ends in a count of those left out.
            assert whole(said, ordinary.split(ORDINARY)) or re.search(r" and \d+ more\.", said), name
        if name.startswith(EDITED_IN_PLACE) and payload.get("type") != "modal":
            assert len(payload["text"]) <= 4_000, name


@pytest.mark.parametrize("name", _ordinary())
def test_slack_makes_no_link_or_mention_of_bare_words(name: str) -> None:
    marked = [each for each in objects(_ordinary()[name]) if each.get("type") == "mrkdwn"]
    assert all(each["verbatim"] for each in marked)
    assert not {"link_names", "parse"} & set(_ordinary()[name])


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
def test_a_form_gives_back_what_was_typed_and_says_when_it_does_not_fit(typed: str) -> None:
    forms = payloads(lambda _: typed)
    inputs = {
        each["block_id"]: each
        for name in ("registration_modal_resumed", "pulse_modal_half_done")
        for each in forms[name]["blocks"]
        if each["type"] == "input" and each["element"]["type"] == "plain_text_input"
    }
    assert len(inputs) == 4
    for block_id, each in inputs.items():
        limit = each["element"]["max_length"]
        assert limit == (WORDS_LIMIT if block_id.startswith("pulse") else LINE_LIMIT)
        assert each["element"].get("initial_value", "") == typed[:limit]
        if limit == LINE_LIMIT:
            assert ("longer than the 150 characters" in each.get("hint", {}).get("text", "")) == (len(typed) > limit)


def test_the_checks_of_this_file_find_what_they_look_for() -> None:
    assert liberties("*a* _b_ <@U1> <!here> <https://x.example|y> `c`\n&gt; q") != liberties("a b c")
    assert liberties("*a _b_*") != liberties("*a b*")
    assert disturbs("\u202ea\u202c")
    assert disturbs("\u2068a")
    assert disturbs("a\u2069")
    assert disturbs("a\x1b")
    assert not disturbs("\u2068a\u2069\n")
    assert whole("For a. Then b.", ["For ", ". Then ", "."])
    assert not whole("For a. Then…", ["For ", ". Then ", "."])
    with pytest.raises(Exception, match="invalid_blocks"):
        refuse_what_slack_refuses(
            {"text": "a", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "\U0001f9b6" * 76}}]}
        )


@pytest.mark.parametrize("typed", ["*a* `b` ~c~ _d_@board.example", "> a"])
def test_what_is_shown_can_be_pasted_back(typed: str) -> None:
    assert plain(shown(typed)).replace("&gt;", ">") == typed
