"""Every view in every meaningful variant, with the shared cast. What people type passes through ``typed``."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from slack_sdk.models.views import View

from fellowship import catalogue
from fellowship.catalogue import Instrument
from fellowship.views import cohort, director, home, pulse, refusal, registration, roster, start, summary
from fellowship.views.message import Message

Typed = Callable[[str], str]

FELLOWS = (
    "Amara Okafor",
    "Ben Hughes",
    "Chloe Martin",
    "Dilys Evans",
    "Ewan Fraser",
    "Farah Siddiqui",
    "Gwen Price",
)
RUTH = "U0RUTHADEY"
NIA = "U0NIAWALSH"
COHORT_CHANNEL = "C0AHPCOHORT"
EVALUATION_CHANNEL = "C0AHPEVALUATE"
NAMES = {
    RUTH: "@Ruth Adeyemi",
    NIA: "@Nia Walsh",
    COHORT_CHANNEL: "#ahp-fellows-2026",
    EVALUATION_CHANNEL: "#ahp-evaluation",
}
"""What Slack shows for the ids."""

CLOSES = dt.datetime(2026, 3, 17, 17, 30, tzinfo=dt.UTC)
FREEZES = dt.datetime(2026, 3, 24, 17, 30, tzinfo=dt.UTC)
SAVED = dt.datetime(2026, 3, 5, 10, 12, tzinfo=dt.UTC)
SAVED_LATE = dt.datetime(2026, 3, 19, 9, 3, tzinfo=dt.UTC)
ZONE = "Europe/London"


def as_typed(text: str) -> str:
    return text


def pulse_1() -> Instrument:
    return catalogue.instrument("pulse-1")


def card(typed: Typed = as_typed) -> pulse.WaveCard:
    return pulse.WaveCard(
        wave_id="wave-1",
        cohort_name=typed("AHP Fellows 2026"),
        closes_at=CLOSES,
        freezes_at=FREEZES,
        zone=ZONE,
        k_median=5,
        k_distribution=8,
        help_line=typed("Occupational Health, 0300 555 0100"),
    )


def card_of_a_test(typed: Typed = as_typed) -> pulse.WaveCard:
    return replace(card(typed), wave_id="test:pulse-1", cohort_name="Test cohort", is_test=True)


def given(typed: Typed = as_typed) -> dict[str, pulse.Answered]:
    return {
        "p1": pulse.Answered(4, None, None),
        "p2": pulse.Answered(None, -4, None),
        "p4": pulse.Answered(7, None, None),
        "p8": pulse.Answered(None, None, typed("Time with the project board helped.")),
    }


def values(typed: Typed = as_typed) -> registration.RegistrationValues:
    return registration.RegistrationValues(
        profession="physiotherapist",
        employer=typed("Northvale Hospitals"),
        host=typed("Northvale Community Services"),
        project=typed("Falls clinic without a waiting list"),
        weekdays=frozenset({1, 3}),
        start_on=dt.date(2026, 1, 6),
        end_on=dt.date(2026, 12, 18),
        purposes=frozenset({"evaluation", "quotation"}),
    )


NOTHING_YET = registration.RegistrationValues(None, "", "", "", frozenset(), None, None, frozenset())


def cohort_card(typed: Typed = as_typed) -> cohort.CohortCard:
    return cohort.CohortCard(
        name=typed("AHP Fellows 2026"),
        programme=typed("AHP Leadership Fellowship"),
        start_on=dt.date(2026, 1, 6),
        end_on=dt.date(2026, 12, 18),
        zone_label="London (UK)",
        nation_label="England",
        channel_id=COHORT_CHANNEL,
        evaluation_channel_id=EVALUATION_CHANNEL,
        evaluator_ids=(NIA,),
        also_evaluates=False,
    )


REASON = "fewer than 5 people gave an answer, or the answers cannot be shown in groups of 3 or more"


def line(item_id: str, statistic: str, label: str, value: str | None, n: int | None) -> summary.FigureLine:
    return summary.FigureLine(
        figure_id=f"F-{item_id.upper()}{(value or 'X')[0]}{label[:1].upper()}",
        item_id=item_id,
        wording=pulse_1().item(item_id).wording,
        statistic=statistic,
        label=label,
        value=value,
        n_item=n,
        at_least=False,
        suppressed=value is None,
        reason=REASON if value is None else None,
    )


def wave(typed: Typed = as_typed) -> summary.WaveSummary:
    """Six of seven answered: median bands, one item at least, one not shown."""
    return summary.WaveSummary(
        cohort_name=typed("AHP Fellows 2026"),
        programme=typed("AHP Leadership Fellowship"),
        instrument_title="Fellowship pulse",
        wave_key="W-7K2QMA",
        opened_on=dt.date(2026, 3, 3),
        closed_on=dt.date(2026, 3, 17),
        frozen_at=FREEZES,
        zone=ZONE,
        n_eligible=7,
        n_answered=6,
        k_median=5,
        k_distribution=8,
        figures=(
            line("p1", "median_band", "Agree", "4-5", 6),
            line("p2", "median_band", "not shown", None, None),
            line("p3", "median_band", "Neither", "3", 6),
            replace(line("p4", "median_band", "High", "7-10", 5), at_least=True),
            line("p5", "median_band", "Agree", "4-5", 6),
            line("p6", "median_band", "Disagree", "1-2", 6),
            line("p7", "median_band", "Neither", "3", 6),
        ),
    )


def wave_of_nine(typed: Typed = as_typed) -> summary.WaveSummary:
    """Nine of ten answered: medians and how the answers spread."""
    return replace(
        wave(typed),
        n_eligible=10,
        n_answered=9,
        figures=(
            line("p1", "band_count", "Disagree or neither", "3", 9),
            line("p1", "band_count", "Agree", "6", 9),
            line("p1", "median", "Agree", "4", 9),
            line("p2", "median_band", "not shown", None, None),
            line("p4", "band_count", "Low", "3", 9),
            line("p4", "band_count", "Middle or high", "6", 9),
            line("p4", "median", "6", "6", 9),
        ),
    )


def wave_of_three(typed: Typed = as_typed, answered: int = 3) -> summary.WaveSummary:
    """Three of three answered: counts and the reason."""
    shown_none = tuple(line(f"p{number}", "median_band", "not shown", None, None) for number in range(1, 8))
    return replace(wave(typed), n_eligible=3, n_answered=answered, figures=shown_none)


def director_card(typed: Typed = as_typed) -> director.DirectorCard:
    return director.DirectorCard(
        cohort_name=typed("AHP Fellows 2026"),
        eligible=7,
        answered=6,
        counted_at=SAVED,
        opened_on=dt.date(2026, 3, 3),
        closes_at=CLOSES,
        freezes_at=FREEZES,
        zone=ZONE,
        state="open",
        reportable=director.reportable(7, 5, 8),
    )


def place(typed: Typed = as_typed) -> home.Place:
    return home.Place(
        fellow_id="fellow-1",
        cohort_name=typed("AHP Fellows 2026"),
        programme=typed("AHP Leadership Fellowship"),
        director=RUTH,
        standing="in post",
        start_on=dt.date(2026, 1, 6),
        end_on=dt.date(2026, 12, 18),
        cohort_ended=False,
        agrees=True,
        pulse=None,
    )


def own_pulse(typed: Typed = as_typed) -> home.OwnPulse:
    return home.OwnPulse(card(typed), questions=8, saved=0, left_out=0, closed=False)


def directed(typed: Typed = as_typed) -> home.Directed:
    return home.Directed(
        cohort_id="cohort-1",
        name=typed("AHP Fellows 2026"),
        start_on=dt.date(2026, 1, 6),
        end_on=dt.date(2026, 12, 18),
        ended=False,
        invited=8,
        registered=7,
        pulse=director_card(typed),
        between=False,
    )


def evaluated(typed: Typed = as_typed) -> home.Evaluated:
    return home.Evaluated(
        cohort_name=typed("AHP Fellows 2026"),
        channel_id=EVALUATION_CHANNEL,
        released=(
            home.Released("W-9M4XTB", dt.date(2026, 4, 20), dt.date(2026, 5, 4)),
            home.Released("W-7K2QMA", dt.date(2026, 3, 3), dt.date(2026, 3, 17)),
        ),
        earlier=0,
    )


def page_of_nobody(typed: Typed = as_typed) -> home.HomePage:
    return home.HomePage(
        places=(),
        director=None,
        evaluator=None,
        ask=(RUTH,),
        contact=typed("privacy@northvale.example"),
        made_at=SAVED,
        zone=ZONE,
    )


def page_of_director(*cohorts: home.Directed, more: int = 0) -> home.HomePage:
    return replace(page_of_nobody(), director=home.Director(cohorts, more))


def homes(typed: Typed = as_typed) -> dict[str, View]:
    """The Home tab of each kind of person by the name of its golden file."""
    nobody = page_of_nobody(typed)
    own, own_place = own_pulse(typed), place(typed)
    later = replace(directed(typed), name=typed("AHP Fellows 2027"), invited=0, registered=0, pulse=None)
    ended = replace(directed(typed), ended=True, pulse=replace(director_card(typed), state="closed"))
    first = replace(evaluated(typed), released=())
    places = {
        "invited": replace(own_place, standing="invited", agrees=False),
        "half_filled_in": replace(own_place, standing="half filled in", agrees=False),
        "registered": replace(own_place, standing="registered"),
        "in_post": own_place,
        "not_agreeing": replace(own_place, agrees=False),
        "over": replace(own_place, standing="over"),
        "never_registered": replace(own_place, standing="invited", cohort_ended=True),
        "pulse": replace(own_place, pulse=own),
        "pulse_begun": replace(own_place, pulse=replace(own, saved=1)),
        "pulse_saved": replace(own_place, pulse=replace(own, saved=8, left_out=2)),
        "pulse_closed": replace(own_place, pulse=replace(own, closed=True)),
        "pulse_closed_left_out": replace(own_place, pulse=replace(own, saved=8, left_out=2, closed=True)),
        "pulse_closed_saved": replace(own_place, pulse=replace(own, saved=8, closed=True)),
    }
    return {
        **{f"home_{name}": home.home_view(replace(nobody, places=(each,))) for name, each in places.items()},
        "home_director": home.home_view(page_of_director(later, directed(typed), ended, more=2)),
        "home_director_between": home.home_view(page_of_director(replace(directed(typed), pulse=None, between=True))),
        "home_director_no_cohort": home.home_view(page_of_director()),
        "home_evaluator": home.home_view(
            replace(nobody, evaluator=home.Evaluator((first, replace(evaluated(typed), earlier=3)), 1))
        ),
        "home_of_three_roles": home.home_view(
            replace(
                nobody,
                places=(replace(own_place, pulse=own),),
                director=home.Director((directed(typed),), 0),
                evaluator=home.Evaluator((evaluated(typed),), 0),
            )
        ),
        "home_nobody": home.home_view(nobody),
        "home_nobody_no_director": home.home_view(replace(nobody, ask=())),
        "home_unexpected": home.unexpected_home("4F7K09AB"),
    }


def problems(typed: Typed = as_typed) -> list[roster.Problem]:
    return [
        roster.Problem(4, typed("Dilys Evans, dilys.evans(at)example.org"), "there is no e-mail address in this line")
    ]


def messages(typed: Typed = as_typed) -> dict[str, Message]:
    """Every message by the name of its golden file."""
    names = [typed(name) for name in FELLOWS]
    facts, wave_card, test_card = cohort_card(typed), card(typed), card_of_a_test(typed)
    name, status = typed("AHP Fellows 2026"), director_card(typed)
    return {
        "cohort_created": cohort.cohort_created(facts, cohort_id="cohort-1"),
        "cohort_created_both_roles": cohort.cohort_created(
            replace(facts, evaluator_ids=(RUTH, NIA), also_evaluates=True), cohort_id="cohort-1"
        ),
        "cohort_created_no_evaluator": cohort.cohort_created(replace(facts, evaluator_ids=()), cohort_id="cohort-1"),
        "channel_hello": cohort.channel_hello(facts),
        "evaluation_hello": cohort.evaluation_hello(facts),
        "cannot_post": cohort.cannot_post(EVALUATION_CHANNEL),
        "cannot_post_to_a_person": cohort.cannot_post(NIA),
        "invite_report": roster.invite_report(name, names, [], []),
        "invite_report_one_bad": roster.invite_report(name, names[:6], names[6:], problems(typed)),
        "invite_failed": roster.invite_failed(name),
        "invite_report_nobody_new": roster.invite_report(name, [], names, []),
        "invitation": roster.invitation(
            fellow_id="fellow-1",
            cohort_name=name,
            programme=typed("AHP Leadership Fellowship"),
            start_on=dt.date(2026, 1, 6),
            director_id=RUTH,
        ),
        "registered": registration.registered(cohort_name=name, values=values(typed), fellow_id="fellow-1"),
        "registered_without_evaluation": registration.registered(
            cohort_name=name, values=replace(values(typed), purposes=frozenset()), fellow_id="fellow-1"
        ),
        "registration_kept": registration.registration_kept(name, "fellow-1"),
        "pulse_invitation": pulse.pulse_invitation(wave_card, pulse_1()),
        "pulse_invitation_test": pulse.pulse_invitation(test_card, pulse_1()),
        "pulse_invitation_no_late_window": pulse.pulse_invitation(replace(wave_card, freezes_at=CLOSES), pulse_1()),
        "pulse_saved": pulse.pulse_saved(wave_card, pulse_1()),
        "pulse_saved_test": pulse.pulse_saved(test_card, pulse_1()),
        "pulse_finished": pulse.pulse_finished(wave_card, SAVED, late=False),
        "pulse_finished_late": pulse.pulse_finished(wave_card, SAVED_LATE, late=True),
        "pulse_muted": pulse.pulse_muted(wave_card, pulse_1()),
        "pulse_reminder": pulse.pulse_reminder(wave_card, pulse_1()),
        "pulse_saved_late": pulse.pulse_saved(wave_card, pulse_1(), late=True),
        "pulse_stuck": director.pulse_stuck(name),
        "pulse_test_over": pulse.pulse_test_over(),
        "director_status_open": director.director_status(status),
        "director_status_closed": director.director_status(replace(status, state="closed")),
        "director_status_released": director.director_status(replace(status, state="released")),
        "director_status_small": director.director_status(
            replace(status, eligible=3, answered=0, reportable=director.reportable(3, 5, 8))
        ),
        "wave_summary": summary.wave_summary(wave(typed)),
        "wave_summary_spread": summary.wave_summary(wave_of_nine(typed)),
        "wave_summary_small": summary.wave_summary(wave_of_three(typed)),
        "wave_summary_nobody": summary.wave_summary(wave_of_three(typed, answered=0)),
        "latest_pulse": summary.latest_pulse(wave(typed), name),
        "latest_pulse_none": summary.latest_pulse(None, name),
        "refused": refusal.refused(
            typed("Only evaluators of AHP Fellows 2026 can ask for results."), f"<@{RUTH}> names the evaluators."
        ),
        "unexpected": refusal.unexpected("R-4F7K"),
        "cannot_read": refusal.cannot_read(),
    }


def views(typed: Typed = as_typed) -> dict[str, View]:
    """Every modal and every Home tab by the name of its golden file."""
    cohorts = [("cohort-1", typed("AHP Fellows 2026")), ("cohort-2", typed("AHP Fellows 2027"))]
    contact, basis = typed("privacy@northvale.example"), typed("a task carried out in the public interest")
    doors = start.Doors(new_cohort=True, invite=True, pulse=True, register="fellow-1")
    return {
        "start_modal": start.start_modal(doors),
        "start_modal_fellow": start.start_modal(replace(doors, new_cohort=False, invite=False, pulse=False)),
        "start_modal_nobody": start.start_modal(
            start.Doors(new_cohort=False, invite=False, pulse=False, register=None)
        ),
        "cohort_modal": cohort.cohort_modal(),
        "invite_modal": roster.invite_modal(cohorts, "cohort-2"),
        "invite_modal_no_cohort": roster.invite_modal([], None),
        "notice_modal": registration.notice_modal(data_protection_contact=contact, lawful_basis=basis),
        "registration_modal": registration.registration_modal(
            fellow_id="fellow-1",
            cohort_name=cohorts[0][1],
            values=NOTHING_YET,
            data_protection_contact=contact,
            lawful_basis=basis,
            resumed=False,
        ),
        "registration_modal_resumed": registration.registration_modal(
            fellow_id="fellow-1",
            cohort_name=cohorts[0][1],
            values=values(typed),
            data_protection_contact=contact,
            lawful_basis=basis,
            resumed=True,
        ),
        "pulse_modal": pulse.pulse_modal(card(typed), pulse_1(), {}),
        "pulse_modal_half_done": pulse.pulse_modal(card(typed), pulse_1(), given(typed)),
        "pulse_modal_test": pulse.pulse_modal(card_of_a_test(typed), pulse_1(), {}),
        "open_pulse_modal": director.open_pulse_modal(cohorts, [("pulse-1", "Fellowship pulse")]),
        "open_pulse_modal_no_cohort": director.open_pulse_modal([], [("pulse-1", "Fellowship pulse")]),
        "refusal_modal": refusal.refusal_modal(
            typed("This invitation is for somebody else."), "The associate director of your cohort can invite you."
        ),
        "unexpected_modal": refusal.unexpected_modal("R-4F7K"),
        **homes(typed),
    }
