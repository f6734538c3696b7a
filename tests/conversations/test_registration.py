"""A fellow reads, fills in, stops, carries on, and is registered."""

import datetime as dt

from tests.conversations.conftest import House, options_of


def _invited(house: House) -> None:
    house.has_cohort()
    house.has_invited("Amara", "Ben")


def test_the_notice_can_be_read_before_anything_is_asked(house: House) -> None:
    _invited(house)
    house.amara.clicks("notice.read")
    assert "Confidential, not anonymous" in house.amara.modal_text
    house.amara.closes()
    assert house.rows("SELECT count(*) FROM agreement") == [(0,)]


def test_each_agreement_is_recorded_with_the_version_of_the_notice(house: House) -> None:
    _invited(house)
    house.has_registered("Amara")
    rows = house.rows("SELECT purpose, agreed, notice_version FROM agreement")
    assert len(rows) == 6
    assert all(agreed and version == "1" for _, agreed, version in rows)
    assert house.rows("SELECT state FROM fellow WHERE registered_at IS NOT NULL") == [("active",)]


def test_not_agreeing_is_possible_and_can_be_changed_later(house: House) -> None:
    _invited(house)
    house.has_registered("Amara")
    house.amara.clicks("registration.open")
    purposes = options_of(house.amara, "registration_purposes")
    house.amara.submits({"registration_purposes": [purpose for purpose in purposes if purpose != "publication"]})
    assert house.rows("SELECT purpose FROM agreement WHERE NOT agreed") == [("publication",)]


def test_an_end_before_the_start_is_said_beside_the_field(house: House) -> None:
    _invited(house)
    house.amara.clicks("registration.open")
    refused = house.amara.submits(
        {
            "registration_profession": "Podiatrist",
            "registration_employer": "Trust",
            "registration_host": "Region",
            "registration_project": "Feet first",
            "registration_weekdays": ["Monday"],
            "registration_start": "2026-03-02",
            "registration_end": "2026-03-01",
        }
    )
    assert list(refused.errors) == ["registration_end"]
    assert house.rows("SELECT count(*) FROM fellow WHERE registered_at IS NOT NULL") == [(0,)]
    assert not house.amara.submits({"registration_end": "2027-02-26"}).errors
    house.amara.sees("You are registered")


def test_a_half_done_form_is_kept_and_carried_on(house: House) -> None:
    _invited(house)
    house.ben.clicks("registration.open")
    house.ben.fills({"registration_profession": "Dietitian"})
    house.ben.fills({"registration_employer": "Trust of the Example"}, press_enter=False)
    house.ben.closes()
    house.ben.sees("Carry on")
    house.ben.clicks("registration.open")
    assert "Dietitian" in house.ben.modal_text
    assert "Trust of the Example" in house.ben.modal_text
    house.ben.closes()
    house.has_registered("Ben")
    assert house.rows("SELECT count(*) FROM registration_draft") == [(0,)]


def test_closing_an_untouched_form_says_nothing(house: House) -> None:
    _invited(house)
    before = len(house.ben.messages())
    house.ben.clicks("registration.open")
    house.ben.closes()
    house.settles()
    assert len(house.ben.messages()) == before


def test_a_post_that_begins_later_becomes_active_on_its_first_day(house: House) -> None:
    _invited(house)
    house.amara.clicks("registration.open")
    house.amara.submits(
        {
            "registration_profession": "Podiatrist",
            "registration_employer": "Trust",
            "registration_host": "Region",
            "registration_project": "Feet first",
            "registration_weekdays": ["Monday"],
            "registration_start": "2026-04-01",
        }
    )
    house.amara.sees("You are registered")
    assert house.rows("SELECT state FROM fellow WHERE start_on = '2026-04-01'") == [("registered",)]
    house.slack.advance(to=dt.datetime(2026, 3, 31, 22, 59, tzinfo=dt.UTC))
    assert house.rows("SELECT state FROM fellow WHERE start_on = '2026-04-01'") == [("registered",)]
    house.slack.advance(to=dt.datetime(2026, 3, 31, 23, 0, tzinfo=dt.UTC))
    assert house.rows("SELECT state FROM fellow WHERE start_on = '2026-04-01'") == [("active",)]


def test_looking_at_ones_details_and_closing_is_no_unfinished_registration(house: House) -> None:
    _invited(house)
    house.has_registered("Amara")
    before = len(house.amara.messages())
    house.amara.clicks("registration.open")
    house.amara.fills({"registration_weekdays": ["Friday"]})
    house.amara.closes()
    house.settles()
    assert len(house.amara.messages()) == before
    assert house.rows("SELECT count(*) FROM registration_draft") == [(0,)]
