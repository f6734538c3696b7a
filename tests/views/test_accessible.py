"""Every view is for eyes that see no colour, for ears, and for those who speak to the computer (WCAG 2.1 AA)."""

import re
from dataclasses import replace
from typing import Any

import pytest

from fellowship.views import pulse
from fellowship.views.text import at
from tests.views import screens
from tests.views.walk import (
    ambiguous,
    buttons,
    marked_texts,
    objects,
    payloads,
    pictograms,
    shown_strings,
    spoken,
    unclear_dates,
    undescribed,
    unnamed,
)

DATE = re.compile(r"<!date\^\d+\^([^|^]*)\|([^>]*)>")
WRITTEN = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]+ \d{4}, \d{2}:\d{2}")


def _pulse_that_begins_with_a_number() -> dict[str, Any]:
    """An invitation whose first question is answered from 0 to 10."""
    whole = screens.pulse_1()
    numbered = replace(whole, items=(whole.item("p4"), *whole.items))
    return pulse.pulse_invitation(screens.card(), numbered).payload()


@pytest.mark.parametrize("name", payloads())
def test_every_picture_is_described_in_words(name: str) -> None:
    assert undescribed(payloads()[name]) == []


@pytest.mark.parametrize("name", payloads())
def test_every_button_tells_what_it_does_and_no_two_that_differ_are_called_the_same(name: str) -> None:
    assert unnamed(payloads()[name]) == []
    assert ambiguous(payloads()[name]) == []


@pytest.mark.parametrize("name", payloads())
def test_who_speaks_to_the_computer_can_say_what_a_button_shows(name: str) -> None:
    # WCAG 2.1, 2.5.3: the name of a control holds the words that are seen on it.
    assert [each for each in buttons(payloads()[name]) if each["text"]["text"] not in spoken(each)] == []


def test_a_button_that_shows_a_number_is_called_an_answer() -> None:
    numbered = _pulse_that_begins_with_a_number()
    assert {"1", "7", "9"} <= {each["text"]["text"] for each in buttons(numbered)}
    assert unnamed(numbered) == []
    assert ambiguous(numbered) == []


@pytest.mark.parametrize("name", payloads())
def test_no_meaning_is_in_an_emoji_or_in_a_colour_alone(name: str) -> None:
    payload = payloads()[name]
    said = list(shown_strings(payload))
    assert [sign for text in said for sign in pictograms(text)] == []
    assert [text for text in said if not re.search(r"[^\W_]", text)] == []
    assert [text for text in said if re.search(r"\b(red|green|amber|blue|grey|colou?r)\b", text)] == []
    assert [each for each in buttons(payload) if each.get("style") == "danger"] == []
    styled = {each["text"]["text"] for each in buttons(payload) if each.get("style")}
    assert styled & {each["text"]["text"] for each in buttons(payload) if not each.get("style")} == set()


@pytest.mark.parametrize("name", payloads())
def test_every_date_is_read_in_one_way_and_every_time_tells_whose_it_is(name: str) -> None:
    assert [found for text in marked_texts(payloads()[name]) for found in unclear_dates(text)] == []
    plain = [each["text"] for each in objects(payloads()[name]) if each.get("type") == "plain_text"]
    assert [found for text in plain for found in unclear_dates(text)] == []


def test_an_instant_is_written_out_with_weekday_and_month_for_those_whose_client_makes_no_date_of_it() -> None:
    tokens = [token for each in payloads().values() for text in marked_texts(each) for token in DATE.findall(text)]
    assert len(tokens) > 20
    assert [
        written for form, written in tokens if form != "{date_long}, {time}" or not WRITTEN.fullmatch(written)
    ] == []


def test_these_checks_find_what_they_look_for() -> None:
    assert undescribed({"type": "image", "alt_text": "chart.png"})
    assert undescribed({"type": "image"})
    assert not undescribed({"type": "image", "alt_text": "Bar chart: 6 of 7 agree"})
    seven = {"type": "button", "text": {"text": "7"}, "action_id": "a"}
    assert unnamed(seven)
    assert unnamed({**seven, "text": {"text": "\u2714\ufe0f\u2714\ufe0f"}})
    assert not unnamed({**seven, "accessibility_label": "Answer question 1: 7"})
    assert ambiguous({"elements": [seven, {**seven, "action_id": "b"}]})
    assert not ambiguous({"elements": [seven, seven]})
    assert pictograms("\U0001f7e2 done") == ["\U0001f7e2"]
    assert pictograms(":white_check_mark: done") == [":white_check_mark:"]
    assert pictograms("3: a \u2013 b, “c” • d…") == []
    assert unclear_dates("by 03/04/2026, or 2026-04-03, at 10:30") == ["03/04/2026", "2026-04-03", "10:30"]
    assert unclear_dates("between 09:00 and 17:30 in their own time zone") == []
    assert unclear_dates(f"until {at(screens.CLOSES, screens.ZONE)}") == []
