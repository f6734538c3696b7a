"""What messages say, and what they must never say."""

import re
from dataclasses import replace
from typing import Literal

import pytest

from fellowship.views import cohort, director, home, pulse, refusal, summary
from fellowship.views.ids import ActionId
from fellowship.views.text import at
from tests.views import screens
from tests.views.walk import all_words, objects, payloads

ESSENTIALS = {
    "cohort_created": ["AHP Fellows 2026", "Tuesday 6 January 2026", "#C0AHPCOHORT", "@U0NIAWALSH", "*Next:*"],
    "cohort_created_both_roles": ["both associate director and evaluator", "recorded"],
    "cohort_created_no_evaluator": ["none yet", "/evaluate"],
    "channel_hello": ["AHP Fellows 2026", "direct message", "/fellowship"],
    "evaluation_hello": ["never a name", "enough people answered", "/evaluate"],
    "cannot_post": ["<#C0AHPEVALUATE>", "/invite", "evaluation database"],
    "cannot_post_to_a_person": ["<@U0NIAWALSH>", "looks after this app"],
    "invite_report": [*screens.FELLOWS, "7 people", "Every line could be used"],
    "invite_report_one_bad": ["Line 4", "dilys.evans(at)example.org", "no e-mail address", "paste it again"],
    "invite_report_nobody_new": ["Nobody new", "Invited before"],
    "invite_failed": ["Nobody was invited", "not kept", "paste it again"],
    "invitation": ["<@U0RUTHADEY>", "AHP Fellows 2026", "privacy notice", "is kept", "does not affect your post"],
    "registered": ["Physiotherapist", "Tuesday and Thursday", "18 December 2026", "Be asked for quotations", "*Next:*"],
    "registered_without_evaluation": ["nothing for now", "no pulse will come", "does not affect your post"],
    "registration_kept": ["AHP Fellows 2026", "is kept", "Carry on"],
    "pulse_invitation": ["8 short questions", "confidential, not anonymous", "as 4 would", "17:30", "Question 1 of 8"],
    "pulse_invitation_test": ["Test: nothing you press is kept", "Question 1 of 8"],
    "pulse_saved": ["*Saved.*", "7 more questions", "this answer counts"],
    "pulse_saved_test": ["Test: nothing you press is kept"],
    "pulse_finished": ["*Saved*", "5 March 2026, 10:12", "change your answers until", "17 March 2026"],
    "pulse_finished_late": ["*Saved*", "marked as late", "24 March 2026"],
    "pulse_muted": ["will not remind you", "nobody is told", "still answer", "confidential, not anonymous"],
    "pulse_reminder": ["the only reminder", "need do nothing", "confidential, not anonymous", "Question 1 of 8"],
    "pulse_saved_late": ["Saved.", "marked as late", "cannot be changed", "can be added until"],
    "pulse_stuck": ["needs a hand", "is lost", "whoever runs this app"],
    "pulse_test_over": ["nothing was saved", "/fellowship"],
    "director_status_open": ["6 of 7 answered", "once a day", "never who", "What 7 people can report"],
    "director_status_closed": ["6 of 7 answered", "Late answers are taken until"],
    "director_status_released": ["6 of 7 answered", "evaluation channel", "final"],
    "director_status_small": ["0 of 3 answered", "No scores"],
    "wave_summary": ["*6 of 7*", "Agree (4 to 5). 6 people", "F-P14A", "At least 5 people", "'Not shown' means"],
    "wave_summary_spread": ["*9 of 10*", "Agree: 6 of 9", "Median: 6. 9 people", "F-P14A"],
    "wave_summary_small": ["*3 of 3*", "No scores", "only 3 people answered", "a median needs 5", "F-P1XN"],
    "wave_summary_nobody": ["*0 of 3*", "nobody answered"],
    "latest_pulse": ["Latest pulse", "*6 of 7*", "F-P14A"],
    "latest_pulse_none": ["No pulse of AHP Fellows 2026", "associate director"],
    "refused": ["Only evaluators", "*Who can help:* <@U0RUTHADEY>"],
    "unexpected": ["`R-4F7K`", "try it again", "looks after this app"],
    "cannot_read": ["do not read messages", "/fellowship"],
}
HOME_ESSENTIALS = {
    "home_invited": ["You are invited", "not registered yet", "<@U0RUTHADEY>", "privacy@northvale.example"],
    "home_half_filled_in": ["not finished yet", "is kept", "Carry on registering"],
    "home_registered": ["Your post begins on Tuesday 6 January 2026", "Nothing is waiting"],
    "home_in_post": ["Your post runs until Friday 18 December 2026", "Nothing is waiting", "a fellowship day of yours"],
    "home_not_agreeing": ["Nothing is waiting", "no pulse comes to you", "does not affect your post"],
    "home_over": ["Your post ended on", "Nothing is waiting"],
    "home_never_registered": ["did not register", "The cohort ended on", "Nothing is waiting"],
    "home_pulse": ["A pulse is open for you", "17:30", "you alone are told", "8 short questions", "Answer the pulse"],
    "home_pulse_begun": ["What you answered is saved", "7 questions are left", "Answer the rest"],
    "home_pulse_saved": ["Your answers are saved", "until then you can change them", "Change my answers"],
    "home_pulse_closed": ["has closed", "marked as late", "24 March 2026", "Answer the pulse"],
    "home_pulse_closed_left_out": ["stand as they are", "What you left out can be added", "Add what I left out"],
    "home_pulse_closed_saved": ["Your answers are saved", "stand as they are"],
    "home_director": ["8 people invited, 7 registered", "6 of 7 answered", "once a day", "never who", "And 2 cohorts"],
    "home_director_between": ["its results are being put together"],
    "home_director_no_cohort": ["There is no cohort yet", "Set up a cohort"],
    "home_evaluator": ["<#C0AHPEVALUATE>", "/evaluate", "W-7K2QMA", "Nothing is released yet", "and 3 pulses before"],
    "home_of_three_roles": ["Your fellowship", "The cohorts you direct", "The cohorts you evaluate"],
    "home_nobody": ["nothing for you to do here yet", "confidential", "<@U0RUTHADEY>", "looks after this app"],
    "home_nobody_no_director": ["nothing for you to do here yet", "an associate director can invite you"],
    "home_unexpected": ["just now", "4F7K09AB", "looks after this app", "is safe"],
}
TAKES_THE_PLACE_OF_THE_QUESTION = (
    "pulse_saved",
    "pulse_saved_test",
    "pulse_finished",
    "pulse_finished_late",
    "pulse_test_over",
)


def test_every_message_has_its_essentials_listed() -> None:
    assert set(screens.messages()) - set(ESSENTIALS) <= {"pulse_invitation_no_late_window"}


@pytest.mark.parametrize(("name", "essentials"), ESSENTIALS.items(), ids=ESSENTIALS)
def test_the_text_of_a_message_says_the_essentials(name: str, essentials: list[str]) -> None:
    text = screens.messages()[name].text
    assert [each for each in essentials if each not in text] == []


def test_every_home_tab_has_its_essentials_listed() -> None:
    assert set(screens.homes()) == set(HOME_ESSENTIALS)


@pytest.mark.parametrize(("name", "essentials"), HOME_ESSENTIALS.items(), ids=HOME_ESSENTIALS)
def test_a_home_tab_says_the_essentials(name: str, essentials: list[str]) -> None:
    said = all_words(payloads()[name])
    assert [each for each in essentials if each not in said] == []


@pytest.mark.parametrize("name", sorted(set(HOME_ESSENTIALS) - {"home_unexpected"}))
def test_the_last_line_of_a_home_tab_says_as_of_when(name: str) -> None:
    last = payloads()[name]["blocks"][-1]["text"]["text"]
    assert last.startswith(f"As of {at(screens.SAVED, screens.ZONE)}.")


@pytest.mark.parametrize("state", ["open", "closed", "released"])
def test_a_count_on_the_home_tab_is_word_for_word_the_one_in_the_message(
    state: Literal["open", "closed", "released"],
) -> None:
    card = replace(screens.director_card(), state=state)
    page = home.home_view(screens.page_of_director(replace(screens.directed(), pulse=card)))
    count = director.count_sentence(card)
    assert count in all_words(page.to_dict())
    assert count in director.director_status(card).text


def test_what_cannot_be_added_any_more_has_no_button() -> None:
    actions = {each.get("action_id") for each in objects(payloads()["home_pulse_closed_saved"])}
    assert ActionId.ANSWER_PULSE not in actions
    assert ActionId.REGISTER in actions


def test_nobody_is_invited_to_register_for_a_cohort_that_has_ended() -> None:
    actions = {each.get("action_id") for each in objects(payloads()["home_never_registered"])}
    assert ActionId.REGISTER not in actions


@pytest.mark.parametrize("name", payloads())
def test_nothing_is_ever_called_anonymous(name: str) -> None:
    said = all_words(payloads()[name])
    assert not re.search(r"(?<!not )anonym", said, re.IGNORECASE)


@pytest.mark.parametrize("name", TAKES_THE_PLACE_OF_THE_QUESTION)
def test_what_takes_the_place_of_a_question_holds_no_answer_to_it(name: str) -> None:
    payload = screens.messages()[name].payload()
    said = all_words(payload)
    for item in screens.pulse_1().items:
        if item.scale:
            labels = [each.label for each in item.scale.options if not each.label.isdigit()]
            labels += [code.label for code in item.scale.missing]
            assert [label for label in labels if re.search(rf"\b{re.escape(label)}", said)] == []
    pressed = {each.get("action_id", "").partition("#")[0] for each in objects(payload)}
    assert ActionId.ANSWER_FIRST_ITEM not in pressed
    assert [each["value"] for each in objects(payload) if "|" in str(each.get("value", ""))] == []


def test_the_first_item_is_answered_by_a_button_for_every_option_and_missing_code() -> None:
    payload = screens.messages()["pulse_invitation"].payload()
    pressed = {each["action_id"]: each["value"] for each in objects(payload) if "#" in str(each.get("action_id", ""))}
    assert pressed == {f"pulse.answer#{value}": f"wave-1|p1|{value}" for value in (1, 2, 3, 4, 5, -4, -5)}


@pytest.mark.parametrize("name", ["pulse_invitation", "pulse_reminder", "pulse_muted", "pulse_invitation_test"])
def test_who_sees_what_is_said_before_the_first_item(name: str) -> None:
    text = screens.messages()[name].text
    assert text.index("Who sees what") < text.index("Question 1 of 8")
    assert pulse.who_sees(screens.card()) in text


def test_a_muted_pulse_offers_no_second_mute() -> None:
    actions = {each.get("action_id") for each in objects(screens.messages()["pulse_muted"].payload())}
    assert ActionId.MUTE_PULSE not in actions
    assert ActionId.ANSWER_PULSE in actions


def test_the_form_opens_with_what_was_given() -> None:
    blocks = {
        each["block_id"]: each["element"] for each in payloads()["pulse_modal_half_done"]["blocks"] if "element" in each
    }
    assert blocks["pulse_item_p1"]["initial_option"]["value"] == "4"
    assert blocks["pulse_item_p2"]["initial_option"]["value"] == "-4"
    assert blocks["pulse_item_p4"]["initial_option"]["value"] == "7"
    assert "initial_option" not in blocks["pulse_item_p3"]
    assert blocks["pulse_item_p8"]["initial_value"] == "Time with the project board helped."


def test_every_item_of_the_form_may_be_left_out() -> None:
    inputs = [each for each in payloads()["pulse_modal"]["blocks"] if each["type"] == "input"]
    assert len(inputs) == len(screens.pulse_1().items)
    assert all(each["optional"] for each in inputs)


def test_every_input_of_the_registration_reports_what_is_filled_in() -> None:
    inputs = [each for each in payloads()["registration_modal"]["blocks"] if each["type"] == "input"]
    kept = {each["element"]["action_id"]: each["dispatch_action"] for each in inputs}
    names = ("profession", "employer", "host", "project", "weekdays", "start_on", "end_on", "purposes")
    assert kept == {f"registration.keep#{name}": True for name in names}


def test_a_form_carries_an_id_and_nothing_else() -> None:
    metadata = {
        name: each.get("private_metadata", "") for name, each in payloads().items() if each.get("type") == "modal"
    }
    assert set(metadata.values()) == {"", "fellow-1", "wave-1", "test:pulse-1"}


@pytest.mark.parametrize(
    ("people", "says", "never"),
    [
        (1, ["1 person", "how many answered", "No scores"], ["each question"]),
        (4, ["No scores"], ["each question"]),
        (5, ["at least 5 answer", "cannot report", "needs 8"], ["No scores"]),
        (7, ["at least 5 answer", "cannot report", "needs 8"], ["No scores"]),
        (8, ["at least 5 answer", "at least 8 answer"], ["No scores", "cannot report"]),
    ],
)
def test_a_cohort_is_told_what_its_size_can_report(people: int, says: list[str], never: list[str]) -> None:
    sentence = director.reportable(people, 5, 8)
    assert [each for each in says if each not in sentence] == []
    assert [each for each in never if each in sentence] == []


def test_thresholds_that_a_deployment_chose_are_the_ones_that_are_said() -> None:
    told = summary.wave_summary(replace(screens.wave_of_three(), k_median=6, k_distribution=11)).text
    assert "a median needs 6 (a spread of answers 11)" in told
    assert "needs 6 people and a spread of answers 11" in director.reportable(5, 6, 11)
    seen = pulse.who_sees(replace(screens.card(), k_median=6, k_distribution=11))
    assert "once 6 people have answered it, and how the answers spread once 11 have" in seen
    assert "so 6 people protect each other as 5 would" in seen


def test_a_summary_without_scores_holds_no_wording_and_no_median() -> None:
    text = screens.messages()["wave_summary_small"].text
    assert "Median:" not in text
    assert "My project has moved forward" not in text


def test_one_that_is_not_shown_says_the_same_whatever_the_cause() -> None:
    figures = screens.wave().figures
    hidden = [line for line in screens.messages()["wave_summary"].text.splitlines() if "Not shown. (" in line]
    assert hidden == [f"• Not shown. ({each.figure_id})" for each in figures if each.suppressed]


def test_when_nothing_can_be_shown_though_enough_answered_the_reason_is_the_engines() -> None:
    enough = summary.wave_summary(replace(screens.wave_of_three(), n_eligible=7, n_answered=6))
    assert f"because {screens.REASON}" in enough.text


def test_a_direct_message_that_slack_refused_is_not_called_a_channel() -> None:
    assert "<#" not in cohort.cannot_post("D0SOMEBODY").text
    assert "direct message" in cohort.cannot_post("D0SOMEBODY").text


def test_a_refusal_keeps_its_commands_readable() -> None:
    assert "`/fellowship`" in refusal.refused("No.", "Type `/fellowship` alone.").text


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        at(screens.CLOSES.replace(tzinfo=None), "Europe/London")
