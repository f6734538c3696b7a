"""The associate director sets up a cohort and invites; others are refused and told who can help."""

import datetime as dt

import pytest

from tests.conversations.conftest import House


def test_a_cohort_is_set_up_from_a_form_and_everyone_hears(house: House) -> None:
    house.has_cohort()
    assert "AHP Fellows" in house.amara.sees("Hello", in_="#ahp-fellows-2026").plain
    assert "never a name" in house.nia.sees("evaluation channel", in_="#ahp-evaluation").plain
    assert house.rows("SELECT name, zone, nation, state FROM cohort") == [
        ("AHP Fellows", "Europe/London", "england", "running")
    ]


def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(house: House) -> None:
    house.ruth.types("/fellowship cohort")
    filled = {
        "cohort_name": "AHP Fellows",
        "cohort_programme": "AHP Leadership",
        "cohort_start": "2026-03-02",
        "cohort_end": "2026-02-02",
        "cohort_nation": "Wales",
        "cohort_channel": "ahp-evaluation",
        "cohort_evaluation_channel": "ahp-evaluation",
    }
    refused = house.ruth.submits(filled)
    assert set(refused.errors) == {"cohort_end", "cohort_evaluation_channel"}
    assert "[ AHP Fellows ]" in house.ruth.modal_text
    assert house.rows("SELECT * FROM cohort") == []
    taken = house.ruth.submits({"cohort_end": "2027-02-02", "cohort_channel": "ahp-fellows-2026"})
    assert not taken.errors
    house.ruth.sees("Cohort set up")


@pytest.mark.parametrize("typed", ["/fellowship cohort", "/fellowship invite", "/pulse"])
def test_somebody_who_is_no_associate_director_is_told_who_is(house: House, typed: str) -> None:
    told = house.amara.types(typed)
    assert told.ok
    assert "Only an associate director" in (told.reply or "")
    assert house.ruth.id in (told.reply or "")
    assert house.amara.modal is None


def test_a_fellow_sees_no_door_that_is_not_theirs(house: House) -> None:
    house.amara.types("/fellowship")
    assert "Set up a cohort" not in house.amara.modal_text
    house.amara.closes()
    house.has_cohort()
    house.has_invited("Amara")
    house.amara.types("/fellowship")
    assert "registration.open" in str(house.amara.modal)


def test_odd_spaces_and_capitals_are_normal_input_and_an_unknown_word_is_explained(house: House) -> None:
    assert house.ruth.types("/fellowship \u00a0 Cohort ").ok
    assert "Set up a cohort" in house.ruth.modal_text
    house.ruth.closes()
    assert "do not know that word" in (house.ruth.types("/fellowship dance").reply or "")


def test_a_pasted_list_invites_each_once_and_names_every_bad_line(house: House) -> None:
    house.has_cohort()
    house.slack.deactivate("Joan Murphy")
    pasted = """\
Amara Okafor <amara.okafor@trust.example>
amara.okafor@trust.example
nobody@trust.example
joan.murphy@hospital.example
Ben Hughes
ben.hughes@trust.example"""
    house.ruth.types("/fellowship invite")
    house.ruth.submits({"invite_lines": pasted})
    report = house.ruth.sees("Invitations:").plain
    assert "2 people" in report
    for line in (2, 3, 4, 5):
        assert f"Line {line} " in report
    house.ruth.types("/fellowship invite")
    house.ruth.submits({"invite_lines": pasted})
    house.ruth.sees("Nobody new was invited")
    invitations = [message for message in house.amara.messages() if "Welcome" in message.plain]
    assert len(invitations) == 1
    assert house.rows("SELECT count(*) FROM fellow") == [(2,)]
    assert house.rows("SELECT count(*) FROM roster_import WHERE lines IS NOT NULL") == [(0,)]


def test_an_invitation_waits_for_the_working_day(house: House) -> None:
    house.has_cohort()
    house.slack.advance(by=dt.timedelta(hours=12))
    house.ruth.types("/fellowship invite")
    house.ruth.submits({"invite_lines": "amara.okafor@trust.example"})
    house.ruth.sees("Invitations:")
    assert not house.amara.messages()
    house.slack.advance(by=dt.timedelta(hours=12))
    house.amara.sees("Welcome")


def test_the_associate_director_hears_when_the_bot_cannot_post_in_a_channel(house: House) -> None:
    house.slack.remove_app("ahp-fellows-2026")
    house.has_cohort()
    told = house.ruth.sees("could not post").plain
    assert "ahp-fellows-2026" in told
    assert house.rows("SELECT count(*) FROM outbox WHERE state = 'dead'") == [(1,)]
