"""Somebody opens the Home tab: what each kind of person reads there, and what nobody does."""

import datetime as dt
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import event

from bot.logs import configure
from fellowship.ports import Actor, Policies
from fellowship.services import home, people
from fellowship.services.people import Role
from sandbox.driver import Person
from tests.conversations.conftest import MONDAY, House, eventually
from tests.records.seed import cohort_for

AGREE = {f"pulse_item_p{item}": "Agree" for item in (1, 2, 3, 5, 6, 7)}
ELSEWHERE = "T0ELSEWHERE"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    configure("INFO", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _opens(house: House, person: Person) -> str:
    """Open the Home tab, wait until it is made, and read it."""
    before = len(house.slack.calls("views.publish"))
    person.opens_home()
    assert eventually(lambda: len(house.slack.calls("views.publish")) > before), "nothing was published"
    page = person.home
    assert page is not None
    return page.plain


def _workspace_of(house: House) -> str:
    [(workspace_id,)] = house.rows("SELECT workspace_id FROM workspace LIMIT 1")
    return str(workspace_id)


def _change(house: House, statement: str) -> None:
    """Somebody changes the operational database behind the bot's back."""
    with house.bot.operational.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def _nobody_evaluates(house: House) -> None:
    _change(house, "DELETE FROM role_grant WHERE role = 'evaluator'")


def _answers_everything(person: Person) -> None:
    person.submits({**AGREE, "pulse_item_p4": "7", "pulse_item_p8": "Canary words"})


def test_an_invited_fellow_registers_from_the_home_tab(house: House) -> None:
    house.has_cohort()
    house.has_invited("Amara")
    page = _opens(house, house.amara)
    assert "AHP Fellows" in page
    assert "not registered yet" in page
    assert "@Ruth Adeyemi, your associate director" in page
    assert "your data-protection officer" in page
    assert page.rstrip().endswith("[Refresh]")
    assert "As of Monday 2 March 2026, 09:30" in page
    assert house.amara.clicks("Read the privacy notice", in_="home").ok
    assert "Confidential, not anonymous" in house.amara.modal_text
    house.amara.closes()
    assert house.amara.clicks("Register", in_="home").ok
    assert "Your profession" in house.amara.modal_text


def test_a_half_filled_in_registration_is_carried_on_from_the_home_tab(house: House) -> None:
    house.has_cohort()
    house.has_invited("Ben")
    house.ben.clicks("registration.open")
    house.ben.fills({"registration_profession": "Dietitian"})
    house.ben.closes()
    assert "not finished yet" in _opens(house, house.ben)
    assert house.ben.clicks("Carry on registering", in_="home").ok
    assert "Dietitian" in house.ben.modal_text


def test_a_registered_fellow_reads_that_nothing_is_waiting(house: House) -> None:
    house.has_cohort()
    house.has_invited("Amara")
    house.has_registered("Amara")
    page = _opens(house, house.amara)
    assert "Your post runs until Friday 26 February 2027" in page
    assert "Nothing is waiting for you" in page
    assert house.amara.clicks("Change my details", in_="home").ok
    assert "Feet first" in house.amara.modal_text


def test_a_fellow_who_takes_the_agreement_back_is_not_offered_the_open_pulse(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    assert "A pulse is open for you" in _opens(house, house.amara)
    house.amara.clicks("Change my details", in_="home")
    house.amara.submits({"registration_purposes": []})
    page = _opens(house, house.amara)
    assert "do not agree to take part in the evaluation" in page
    assert "Answer the pulse" not in page


def test_an_open_pulse_is_answered_from_the_home_tab_and_the_invitation_says_saved(house: House) -> None:
    house.has_open_pulse("Amara", "Ben", "Chloe")
    page = _opens(house, house.amara)
    assert "*A pulse is open for you* until Monday 16 March 2026, 17:30" in page
    assert "You have not answered, which you alone are told" in page
    house.settles()
    before = len(house.amara.messages())
    assert house.amara.clicks("Answer the pulse", in_="home").ok
    assert "Who sees what" in house.amara.modal_text
    _answers_everything(house.amara)
    assert "You can change your answers until" in house.amara.sees("Saved").plain
    assert len(house.amara.messages()) == before
    assert house.amara.clicks("Refresh", in_="home").ok
    told = house.amara.sees("Your answers are saved", in_="home").plain
    assert "Canary" not in told
    assert "Agree" not in told
    assert house.amara.clicks("Change my answers", in_="home").ok
    assert "Canary words" in house.amara.modal_text
    assert "Your answers are saved" not in _opens(house, house.ben)


def test_the_first_answer_alone_is_told_as_saved_with_what_is_left(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.amara.clicks("Agree")
    house.amara.sees("Saved.")
    page = _opens(house, house.amara)
    assert "What you answered is saved" in page
    assert "7 questions are left" in page


def test_a_pulse_answered_before_its_invitation_is_due_gets_a_receipt_and_no_invitation(house: House) -> None:
    house.has_cohort()
    house.has_invited("Amara", "Ben")
    house.has_registered("Amara", "Ben", weekdays=("Wednesday",))
    house.ruth.types("/pulse")
    assert not house.ruth.submits({}).errors
    _opens(house, house.amara)
    house.amara.clicks("Answer the pulse", in_="home")
    _answers_everything(house.amara)
    house.amara.sees("You can change your answers until")
    house.slack.advance(to=dt.datetime(2026, 3, 4, 9, 0, tzinfo=dt.UTC))
    house.ben.sees("Question 1 of 8")
    house.settles()
    assert not [each for each in house.amara.messages() if "Question 1 of 8" in each.plain]


def test_after_the_close_only_what_was_left_out_can_be_added(house: House) -> None:
    house.has_open_pulse("Amara", "Ben", "Chloe")
    for name, values in (("Amara", AGREE), ("Ben", {**AGREE, "pulse_item_p4": "7", "pulse_item_p8": "All of it"})):
        member = house.slack.member(name)
        _opens(house, member)
        member.clicks("Answer the pulse", in_="home")
        member.submits(values)
    house.slack.advance(to=dt.datetime(2026, 3, 17, 12, 0, tzinfo=dt.UTC))
    amara, ben, chloe = (_opens(house, house.slack.member(name)) for name in ("Amara", "Ben", "Chloe"))
    assert "What you left out can be added" in amara
    assert "[Add what I left out]" in amara
    assert "they stand as they are" in ben
    assert "left out" not in ben
    assert "Answers still count until" in chloe
    assert "marked as late" in chloe
    house.amara.clicks("Add what I left out", in_="home")
    assert house.amara.submits({"pulse_item_p4": "7"}).ok
    house.amara.sees("marked as late")
    house.slack.advance(by=dt.timedelta(days=35))
    assert "Nothing is waiting for you" in _opens(house, house.amara)


def test_from_the_moment_the_late_window_ends_no_pulse_is_offered_though_the_freeze_is_still_to_come(
    house: House,
) -> None:
    house.has_open_pulse("Amara", "Ben")
    [(freezes_at,)] = house.rows("SELECT freezes_at FROM wave")
    over = dt.datetime.fromisoformat(freezes_at).replace(tzinfo=dt.UTC)
    amara = Actor(_workspace_of(house), house.amara.id)
    with house.bot.operational.read() as session:
        before, after = (
            home.page(session, amara, Policies(), moment).places[0].pulse
            for moment in (over - dt.timedelta(seconds=1), over)
        )
    assert before is not None
    assert before.closed
    assert after is None


def test_a_director_reads_the_count_of_her_message_and_nothing_fresher(house: House) -> None:
    house.has_open_pulse("Amara", "Ben", "Chloe")
    message = house.ruth.sees("0 of 3 answered").plain
    [counted] = [line for line in message.splitlines() if "0 of 3 answered" in line]
    page = _opens(house, house.ruth)
    assert "3 people invited, 3 registered" in page
    assert counted in page
    for name in ("Amara", "Ben"):
        member = house.slack.member(name)
        member.clicks("Agree")
        member.sees("Saved.")
        assert counted in _opens(house, house.ruth)
    assert not any(name in page for name in ("Amara", "Ben", "Chloe"))
    house.slack.advance(by=dt.timedelta(days=1))
    house.settles()
    [counted] = [line for line in house.ruth.sees("2 of 3 answered").plain.splitlines() if "2 of 3 answered" in line]
    assert counted in _opens(house, house.ruth)


def test_a_frozen_pulse_gives_a_director_no_count_before_her_message_does(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    house.amara.clicks("Agree")
    house.amara.sees("Saved.")
    _change(house, "UPDATE wave SET state = 'frozen', answered = 1")
    page = _opens(house, house.ruth)
    assert "its results are being put together" in page
    assert "answered" not in page


def test_a_director_acts_from_the_home_tab(house: House) -> None:
    assert "There is no cohort yet" in _opens(house, house.ruth)
    assert house.ruth.clicks("Set up a cohort", in_="home").ok
    assert "Evaluators" in house.ruth.modal_text
    house.ruth.closes()
    house.has_cohort()
    house.slack.advance(by=dt.timedelta(minutes=1))
    house.has_cohort("Podiatry Fellows", "podiatry-fellows")
    page = _opens(house, house.ruth)
    assert page.index("Podiatry Fellows") < page.index("AHP Fellows")
    [(cohort_id,)] = house.rows("SELECT cohort_id FROM cohort WHERE name = 'AHP Fellows'")
    assert house.ruth.clicks("Invite fellows", in_="home", value=str(cohort_id)).ok
    assert "AHP Fellows" in house.ruth.modal_text
    house.ruth.closes()
    assert house.ruth.clicks("Prepare a pulse", in_="home").ok
    assert "Questions" in house.ruth.modal_text


def test_an_evaluator_reads_what_is_released_for_the_cohorts_she_evaluates_and_no_figure(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    [(cohort_id,)] = house.rows("SELECT cohort_id FROM cohort")
    house.has_cohort("Podiatry Fellows", "podiatry-fellows")
    _nobody_evaluates(house)
    with house.bot.operational.write() as session:
        people.grant(session, _workspace_of(house), Role.EVALUATOR, [house.nia.id], MONDAY, cohort_id=str(cohort_id))
    page = _opens(house, house.nia)
    assert "Its results are posted in #ahp-evaluation" in page
    assert "Nothing is released yet" in page
    assert "Podiatry" not in page
    house.slack.advance(by=dt.timedelta(days=35))
    house.nia.sees("0 of 2", in_="#ahp-evaluation")
    page = _opens(house, house.nia)
    assert "Type /evaluate there" in page.replace("`", "")
    assert "the pulse of Monday 2 March 2026 to Monday 16 March 2026 (" in page
    assert "0 of 2" not in page
    assert "F-" not in page
    assert not any(name in page for name in ("Amara", "Ben", "invited"))


def test_who_is_several_of_these_reads_one_part_after_the_other(house: House) -> None:
    house.has_cohort("Podiatry Fellows", "podiatry-fellows")
    _nobody_evaluates(house)
    house.has_invited("Nia")
    house.has_cohort()
    fellow_and_evaluator = _opens(house, house.nia)
    assert fellow_and_evaluator.index("Your fellowship") < fellow_and_evaluator.index("The cohorts you evaluate")
    assert "You are invited" in fellow_and_evaluator
    assert "The cohorts you direct" not in fellow_and_evaluator
    with house.bot.operational.write() as session:
        people.grant(session, _workspace_of(house), Role.EVALUATOR, [house.ruth.id], MONDAY)
    director_and_evaluator = _opens(house, house.ruth)
    assert director_and_evaluator.index("you direct") < director_and_evaluator.index("you evaluate")
    assert "#podiatry-evaluation" in director_and_evaluator


def test_anybody_else_reads_what_this_is_and_whom_to_ask_and_no_name_of_a_fellow(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    page = _opens(house, house.owen)
    assert "nothing for you to do here yet" in page
    assert "an associate director can invite you: @Ruth Adeyemi" in page
    assert not any(word in page for word in ("Amara", "Ben", "AHP", "answered", "invited,"))


def test_nothing_of_another_workspace_is_shown_to_the_same_slack_ids(house: House) -> None:
    cohort_for(house.bot.operational, ELSEWHERE, director=house.owen.id, fellows=[house.marged.id])
    with house.bot.operational.write() as session:
        people.grant(session, ELSEWHERE, Role.EVALUATOR, [house.sunil.id], MONDAY)
    for stranger in (house.owen, house.marged, house.sunil):
        page = _opens(house, stranger)
        assert "nothing for you to do here yet" in page
        assert "AHP" not in page
        assert "@Ruth Adeyemi" in page
    house.has_cohort("Ours")
    page = _opens(house, house.ruth)
    assert "Ours" in page
    assert "AHP" not in page
    [(ours,)] = house.rows("SELECT workspace_id FROM cohort WHERE name = 'Ours'")
    with house.bot.operational.read() as session:
        there = home.page(session, Actor(ELSEWHERE, house.ruth.id), Policies(), MONDAY)
        here = home.page(session, Actor(str(ours), house.ruth.id), Policies(), MONDAY)
    assert there.director is None
    assert there.ask == (house.owen.id,)
    assert here.director is not None


def test_a_role_over_one_cohort_shows_that_cohort_alone(house: House) -> None:
    house.has_cohort("Podiatry Fellows", "podiatry-fellows")
    house.has_cohort()
    [(cohort_id,)] = house.rows("SELECT cohort_id FROM cohort WHERE name = 'AHP Fellows'")
    with house.bot.operational.write() as session:
        people.grant(session, _workspace_of(house), Role.EVALUATOR, [house.owen.id], MONDAY, cohort_id=str(cohort_id))
    page = _opens(house, house.owen)
    assert "AHP Fellows" in page
    assert "Podiatry" not in page


def _times_opened(house: House) -> int:
    """How many openings of the tabs the bot has acknowledged."""
    return sum(each["kind"] == "app_home_opened" and each["acked"] for each in house.slack.deliveries())


def test_the_messages_tab_changes_nothing_and_opening_home_records_nothing(house: House) -> None:
    house.has_cohort()
    house.settles()

    def recorded() -> list[list[tuple[Any, ...]]]:
        return [
            house.rows("SELECT * FROM inbox"),
            house.rows("SELECT * FROM outbox"),
            house.rows("SELECT * FROM person"),
        ]

    before = recorded()
    house.owen.opens_home("messages")
    assert eventually(lambda: _times_opened(house) == 1)
    assert house.owen.home is None
    house.slack.arm("duplicate", count=1)
    house.owen.opens_home()
    assert eventually(lambda: len(house.slack.calls("views.publish")) == 2)
    assert eventually(lambda: _times_opened(house) == 2)
    assert recorded() == before


def test_a_page_that_cannot_be_read_says_so_with_its_reference_and_comes_by_itself_when_it_can(
    logged: io.StringIO, house: House
) -> None:
    house.has_open_pulse("Amara", "Ben")
    assert "A pulse is open for you" in _opens(house, house.amara)
    _change(house, "ALTER TABLE answer RENAME TO answer_away")
    broken = _opens(house, house.amara)
    _change(house, "ALTER TABLE answer_away RENAME TO answer")
    assert "I cannot show you this page just now" in broken
    assert not any(word in broken for word in ("AHP", "pulse", "Ruth"))
    [failure] = [json.loads(line) for line in logged.getvalue().splitlines() if "delivery_failed" in line]
    assert failure["route"] == "app_home_opened"
    assert failure["error"] == "OperationalError"
    assert failure["reference"] in broken
    house.amara.sees("A pulse is open for you", in_="home", within=10)


def test_an_error_that_nobody_expected_is_told_in_the_same_way(logged: io.StringIO, house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    _change(house, "UPDATE wave SET instrument = 'pulse-that-is-not-shipped'")
    broken = _opens(house, house.amara)
    assert "I cannot show you this page just now" in broken
    assert (
        json.loads(next(line for line in logged.getvalue().splitlines() if "delivery_failed" in line))["reference"]
        in broken
    )
    assert house.amara.clicks("Refresh", in_="home").ok
    assert "Something went wrong" in house.amara.modal_text


@pytest.mark.parametrize("fault", ["500_before", "drop_before", "hang"])
def test_a_page_that_slack_did_not_take_is_made_again(logged: io.StringIO, house: House, fault: str) -> None:
    house.has_cohort()
    house.slack.arm(fault, count=1, method="views.publish", seconds=2.6)
    house.ruth.opens_home()
    assert eventually(lambda: len(house.slack.calls("views.publish")) == 2, within=10)
    house.ruth.sees("AHP Fellows", in_="home")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    [told] = [each for each in lines if each["event"] == "home_not_published"]
    assert told["route"] == "app_home_opened"
    assert "AHP Fellows" not in logged.getvalue()


def test_a_refresh_that_slack_did_not_take_leaves_the_page_with_its_date(house: House) -> None:
    house.has_cohort()
    before = _opens(house, house.ruth)
    house.slack.arm("500_before", count=1, method="views.publish")
    assert house.ruth.clicks("Refresh", in_="home").ok
    assert house.ruth.home is not None
    assert house.ruth.home.plain == before
    house.slack.advance(by=dt.timedelta(hours=1))
    assert house.ruth.clicks("Refresh", in_="home").ok
    house.ruth.sees("As of Monday 2 March 2026, 10:30", in_="home")


def _statements(house: House, person: Person) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    actor = Actor(_workspace_of(house), person.id)
    event.listen(house.bot.operational.engine, "before_cursor_execute", note)
    try:
        with house.bot.operational.read() as session:
            home.page(session, actor, Policies(), MONDAY)
    finally:
        event.remove(house.bot.operational.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_page_takes_as_many_statements_for_many_cohorts_and_fellows_as_for_few(house: House) -> None:
    house.has_open_pulse("Amara", "Ben")
    with house.bot.operational.write() as session:
        people.grant(session, _workspace_of(house), Role.EVALUATOR, [house.ruth.id], MONDAY)
    house.bot.worker.finish()  # whatever else reads the database would be counted too
    house.bot.worker.wait(5)
    few = min(_statements(house, house.ruth) for _ in range(3))  # the clock's listener reads what comes, now and then
    for number in range(20):
        cohort_for(
            house.bot.operational,
            _workspace_of(house),
            director=house.ruth.id,
            fellows=[f"U{number:02d}{fellow:02d}" for fellow in range(4)],
            channel_id=f"C{number:02d}F",
            evaluation_channel_id=f"C{number:02d}E",
        )
    assert min(_statements(house, house.ruth) for _ in range(3)) == few
    with house.bot.operational.read() as session:
        page = home.page(session, Actor(_workspace_of(house), house.ruth.id), Policies(), MONDAY)
    assert page.director is not None
    assert (len(page.director.cohorts), page.director.more) == (home.COHORTS, 21 - home.COHORTS)


def test_the_home_tab_is_the_same_on_postgresql(house_on_postgres: House) -> None:
    house = house_on_postgres
    house.has_open_pulse("Amara", "Ben")
    assert "A pulse is open for you" in _opens(house, house.amara)
    assert "0 of 2 answered" in _opens(house, house.ruth)
    assert "Nothing is released yet" in _opens(house, house.nia)
    assert "nothing for you to do here yet" in _opens(house, house.owen)
    house.amara.clicks("Answer the pulse", in_="home")
    _answers_everything(house.amara)
    house.amara.sees("You can change your answers until")
    assert "Your answers are saved" in _opens(house, house.amara)
