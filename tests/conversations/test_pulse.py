"""A pulse from opening to release, with everything that people and Slack do twice, late or wrongly."""

import datetime as dt

import pytest

from tests.conversations.conftest import House

SIX = ("Amara", "Ben", "Chloe", "Dilys", "Ewan", "Farah")
AGREE = {f"pulse_item_p{item}": "Agree" for item in (1, 2, 3, 5, 6, 7)}


def _saved_values(house: House) -> list[int]:
    return [value for (value,) in house.rows("SELECT value FROM answer WHERE item_id = 'p1' ORDER BY value")]


def test_a_test_looks_the_same_is_marked_and_keeps_nothing(house: House) -> None:
    house.has_cohort()
    house.ruth.types("/pulse")
    house.ruth.clicks("pulse.test")
    house.ruth.sees("Test: nothing you press is kept")
    house.ruth.closes()
    house.ruth.clicks("pulse.answer#4")
    house.ruth.sees("Saved")
    house.ruth.clicks("pulse.form")
    house.ruth.submits(AGREE)
    house.ruth.sees("Test over")
    assert house.rows("SELECT * FROM answer") == []
    assert house.rows("SELECT * FROM wave") == []


def test_one_click_saves_and_the_message_says_saved_and_not_what(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    assert house.amara.clicks("Strongly agree").ok
    said = house.amara.sees("Saved.")
    assert "Strongly agree" not in said.plain + said.text
    assert said.edited
    assert _saved_values(house) == [5]


def test_a_double_click_is_one_answer(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.amara.clicks("Agree", times=2)
    house.amara.sees("Saved.")
    assert _saved_values(house) == [4]
    assert house.rows("SELECT count(*) FROM outbox WHERE edits_ts <> '' AND dedupe_key LIKE 'saved:%'") == [(1,)]


def test_an_envelope_delivered_twice_is_worked_in_once(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.slack.arm("duplicate", count=1)
    house.amara.clicks("Disagree")
    house.amara.sees("Saved.")
    house.slack.arm("duplicate", count=1)
    house.amara.clicks("pulse.form")
    house.slack.arm("duplicate", count=1)
    house.amara.submits({"pulse_item_p2": "Agree"})
    house.amara.sees("You can change your answers")
    assert _saved_values(house) == [2]
    assert house.rows("SELECT count(*) FROM answer") == [(8,)]
    assert house.rows("SELECT count(*) FROM outbox WHERE dedupe_key LIKE 'edit:%'") == [(1,)]


def test_a_form_whose_ack_was_lost_and_is_sent_again_changed_is_an_edit(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.amara.clicks("pulse.form")
    house.slack.arm("lost_ack", count=1)
    lost = house.amara.submits({"pulse_item_p1": "Disagree"})
    assert not lost.ok
    assert lost.notice
    house.amara.submits({"pulse_item_p1": "Strongly agree"})
    house.amara.sees("You can change your answers")
    assert _saved_values(house) == [5]


def test_answers_stand_after_the_close_and_missing_ones_are_taken_as_late(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.amara.clicks("pulse.form")
    house.amara.submits({"pulse_item_p1": "Agree"})
    house.amara.sees("You can change your answers")
    house.slack.advance(to=dt.datetime(2026, 3, 17, 12, tzinfo=dt.UTC))
    house.ben.clicks("Neither")
    house.ben.sees("Saved.")
    assert house.rows("SELECT value, late FROM answer WHERE item_id = 'p1' ORDER BY value") == [(3, 1), (4, 0)]
    house.amara.clicks("pulse.form")
    house.amara.submits({"pulse_item_p1": "Disagree"})
    assert "stands as it is" in house.amara.modal_text
    assert house.rows("SELECT value, late FROM answer WHERE item_id = 'p1' ORDER BY value") == [(3, 1), (4, 0)]


def test_after_the_freeze_a_click_and_a_form_are_refused_kindly_and_nothing_changes(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.amara.clicks("Agree")
    house.ben.clicks("pulse.form")
    house.slack.advance(by=dt.timedelta(days=35))
    refused = house.ben.submits({"pulse_item_p1": "Agree"})
    assert refused.ok
    assert "is over" in house.ben.modal_text
    house.ben.closes(everything=True)
    house.ben.clicks("Agree")
    assert "is over" in house.ben.modal_text
    assert _saved_values(house) == [4]


def test_only_the_silent_are_reminded_once_and_not_those_who_asked_for_silence(house: House) -> None:
    house.has_open_pulse("Amara", "Ben", "Chloe")
    house.amara.clicks("Agree")
    house.amara.sees("Saved.")
    house.ben.clicks("pulse.mute")
    house.ben.sees("I will not remind you")
    house.slack.advance(to=dt.datetime(2026, 3, 9, 10, tzinfo=dt.UTC))
    reminded = {
        name: sum("gentle reminder" in message.plain for message in house.slack.member(name).messages())
        for name in ("Amara", "Ben", "Chloe")
    }
    assert reminded == {"Amara": 0, "Ben": 0, "Chloe": 1}


def test_the_associate_director_reads_a_count_once_a_day_and_never_a_name(house: House) -> None:
    house.has_open_pulse("Amara", "Ben", "Chloe")
    house.amara.clicks("Agree")
    house.amara.sees("Saved.")
    house.slack.advance(by=dt.timedelta(days=1))
    house.settles()
    house.ruth.sees("0 of 3 answered")  # one alone would be told by the day
    house.ben.clicks("Agree")
    house.ben.sees("Saved.")
    house.slack.advance(by=dt.timedelta(days=1))
    seen = house.ruth.sees("2 of 3 answered").plain
    assert not any(name in seen for name in ("Amara", "Ben", "Chloe"))
    statuses = [message for message in house.ruth.messages() if "answered*, counted" in message.text]
    assert len(statuses) == 1


def test_a_second_pulse_is_refused_while_one_is_open(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.ruth.types("/pulse")
    assert house.ruth.submits({}).ok
    assert "has a pulse open until 16 March" in house.ruth.modal_text
    assert house.rows("SELECT count(*) FROM wave") == [(1,)]


def test_nobody_is_asked_who_has_not_agreed(house: House) -> None:
    house.has_cohort()
    house.has_invited("Amara")
    house.amara.clicks("registration.open")
    house.amara.submits(
        {
            "registration_profession": "Podiatrist",
            "registration_employer": "Trust",
            "registration_host": "Region",
            "registration_project": "Feet first",
            "registration_weekdays": ["Monday"],
        }
    )
    house.amara.sees("You are registered")
    house.ruth.types("/pulse")
    house.ruth.submits({})
    assert "have agreed to the evaluation" in house.ruth.modal_text
    assert house.rows("SELECT count(*) FROM wave") == [(0,)]


def _main_job(house: House) -> None:
    house.has_open_pulse(*SIX)
    for name in SIX:
        member = house.slack.member(name)
        member.clicks("Agree")
        member.sees("Saved.")
        member.clicks("pulse.form")
        member.submits({**AGREE, "pulse_item_p4": "7"})
    house.slack.advance(by=dt.timedelta(days=35))
    summary = house.nia.sees("6 of 6", in_="#ahp-evaluation").plain
    assert summary.count("F-") == 7
    assert house.nia.types("/evaluate", in_="#ahp-evaluation").ok
    house.nia.sees("Latest pulse", in_="#ahp-evaluation")


def test_six_answers_are_released_and_an_evaluator_asks(house: House) -> None:
    _main_job(house)
    refused = house.ruth.types("/evaluate", in_="#ahp-evaluation")
    assert "Only evaluators" in (refused.reply or "")
    elsewhere = house.nia.types("/evaluate", in_="#podiatry-evaluation")
    assert "evaluation channel" in (elsewhere.reply or "")


def test_the_main_job_is_the_same_on_postgresql(house_on_postgres: House) -> None:
    _main_job(house_on_postgres)


def test_an_evaluator_who_asks_too_early_is_told_so(house: House) -> None:
    house.has_cohort()
    assert "No pulse" in (house.nia.types("/evaluate", in_="#ahp-evaluation").reply or "")


@pytest.mark.parametrize("words", ["", "Latest pulse", "latest\u00a0pulse"])
def test_the_question_can_be_typed_in_several_ways(house: House, words: str) -> None:
    house.has_cohort()
    assert "No pulse" in (house.nia.types(f"/evaluate {words}".strip(), in_="#ahp-evaluation").reply or "")
