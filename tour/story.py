"""The story: a cohort of seven from its first form to its first released pulse, and a cohort of three."""

import datetime as dt
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tour.acting import Person, Seen, Workspace
from tour.teller import StoryError, Teller

STARTS_AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
"""A Monday; the six weeks that follow hold a clock change and Easter."""

CANARY = "The ward round moved to Wednesday mornings: heliotrope-kestrel"
"""What one fellow writes under the open question: it may be found in the operational database alone."""

ROSTER = """\
Name, e-mail
Amara Okafor, amara.okafor@trust.example
Ben Hughes <ben.hughes@trust.example>
chloe.martin@trust.example, Chloe Martin
Dilys Evans; dilys.evans@board.example
Tomos Rhys, tomos.rhys at trust.example
Ewan Fraser, ewan.fraser@board.example
Farah Siddiqui, farah.siddiqui@trust.example
Gwen Price, gwen.price@trust.example"""

SMALL_ROSTER = "hana.kovac@hospital.example\nidris.bello@hospital.example\njoan.murphy@hospital.example"


@dataclass(frozen=True)
class Fellow:
    """How one fellow registers, and what she or he answers: seven options in the order of the items."""

    name: str
    profession: str
    weekdays: tuple[str, ...]
    options: tuple[str, ...]


FELLOWS = (
    Fellow(
        "Amara Okafor",
        "Physiotherapist",
        ("Monday", "Tuesday"),
        ("Agree", "Agree", "Neither", "7", "Agree", "Disagree", "Neither"),
    ),
    Fellow(
        "Ben Hughes",
        "Dietitian",
        ("Tuesday",),
        ("Strongly agree", "Agree", "Agree", "6", "Agree", "Neither", "Disagree"),
    ),
    Fellow(
        "Chloe Martin",
        "Podiatrist",
        ("Monday", "Thursday"),
        ("Neither", "Agree", "Agree", "8", "Strongly agree", "Disagree", "Agree"),
    ),
    Fellow(
        "Dilys Evans",
        "Radiographer",
        ("Wednesday",),
        ("Agree", "Strongly agree", "Disagree", "4", "Neither", "Agree", "Agree"),
    ),
    Fellow("Ewan Fraser", "Paramedic", ("Friday",), ("Agree", "Neither", "Agree", "7", "Agree", "Agree", "Neither")),
    Fellow(
        "Farah Siddiqui",
        "Orthoptist",
        ("Thursday", "Friday"),
        ("Strongly agree", "Agree", "Agree", "9", "Agree", "Disagree", "Disagree"),
    ),
    Fellow("Gwen Price", "Art therapist", ("Tuesday", "Wednesday"), ()),
)
SILENT = "Gwen Price"

SMALL_COHORT = (
    Fellow("Hana Kovac", "Podiatrist", ("Monday",), ("Agree", "Agree", "Agree", "7", "Agree", "Agree", "Agree")),
    Fellow("Idris Bello", "Podiatrist", ("Tuesday",), ("Agree", "Neither", "Agree", "5", "Agree", "Disagree", "Agree")),
    Fellow(
        "Joan Murphy", "Podiatrist", ("Wednesday",), ("Disagree", "Agree", "Agree", "6", "Neither", "Agree", "Agree")
    ),
)


def _options(member: Person, block_id: str) -> list[str]:
    """The values that a group of checkboxes in the member's modal offers."""
    view = member.modal or {}
    blocks = [block for block in view.get("blocks", ()) if block.get("block_id") == block_id]
    return [str(option["value"]) for block in blocks for option in block["element"]["options"]]


class Story:
    """Plays every step as its members would, so each is a real call, envelope or modal."""

    def __init__(self, slack: Workspace, teller: Teller, folder: Path) -> None:
        self._slack = slack
        self._teller = teller
        self._folder = folder
        self._ruth = slack.member("Ruth Adeyemi")
        self._nia = slack.member("Nia Walsh")
        self._slack_ids = {each.name: slack.member(each.name).id for each in (*FELLOWS, *SMALL_COHORT)}

    def play(self) -> None:
        """All of it; raises AssertionError at the first step that is not what it should be."""
        tell = self._teller
        tell.scene("1. The associate director sets up a cohort")
        self._set_up("AHP Fellows 2026", "ahp-fellows-2026", "ahp-evaluation")
        tell.scene("2. Seven people are invited, and one line is bad")
        self._invite(ROSTER, 7)
        tell.scene("3. They register")
        self._register_everybody()
        tell.scene("4. A pulse opens, and six of seven answer")
        self._open_pulse("AHP Fellows 2026")
        self._answer_everybody()
        tell.scene("5. The wave closes, freezes and is released by itself")
        self._release()
        tell.scene("6. An evaluator asks; a fellow is refused")
        self._ask()
        tell.scene("7. A cohort of three: counts, and no score anywhere")
        self._small_cohort()

    # 1 ------------------------------------------------------------------------------------------------------------

    def _set_up(self, name: str, channel: str, evaluation_channel: str) -> None:
        tell, ruth = self._teller, self._ruth
        ruth.types("/fellowship", in_=channel)
        tell.does("Ruth", f"types /fellowship in #{channel} and is shown what she can do")
        tell.shows(ruth.modal_text)
        ruth.clicks("cohort.new")
        filled = {
            "cohort_name": name,
            "cohort_programme": "AHP Leadership Fellowship",
            "cohort_start": "2026-03-02",
            "cohort_end": "2027-02-26",
            "cohort_nation": "England",
            "cohort_channel": channel,
            "cohort_evaluation_channel": evaluation_channel,
            "cohort_evaluators": ["Nia Walsh"],
        }
        ruth.fills(filled)
        tell.does("Ruth", "fills in the form and sends it")
        sent = ruth.submits({})
        tell.holds("the form was taken and closed", true=sent.ok and not sent.errors and ruth.modal is None)
        tell.sees(ruth, name, show=True)
        tell.sees(ruth, name, in_=f"#{channel}")
        tell.sees(self._nia, name, in_=f"#{evaluation_channel}", show=True)

    # 2 ------------------------------------------------------------------------------------------------------------

    def _paste(self, roster: str, people: int) -> None:
        ruth = self._ruth
        ruth.types("/fellowship invite")
        ruth.submits({"invite_lines": roster})
        self._teller.does("Ruth", f"pastes {people} lines into the invitation form and sends it")

    def _invite(self, roster: str, invited: int) -> None:
        tell, ruth = self._teller, self._ruth
        self._paste(roster, 8)
        tell.sees(ruth, "tomos.rhys at trust.example", show=True)
        for fellow in FELLOWS:
            tell.sees(self._slack.member(fellow.name), "AHP Fellows 2026")
        tell.holds(
            f"{invited} people have an invitation", true=self._count_posts("AHP Fellows 2026", FELLOWS) == invited
        )
        tell.shows(self._slack.member("Amara Okafor").messages()[-1].plain)
        self._paste(roster, 8)
        tell.sees(ruth, "Nobody new was invited", show=True)
        tell.holds("pasting again invited nobody twice", true=self._count_posts("AHP Fellows 2026", FELLOWS) == invited)

    def _count_posts(self, text: str, fellows: tuple[Fellow, ...]) -> int:
        return sum(text in message.plain for each in fellows for message in self._slack.member(each.name).messages())

    # 3 ------------------------------------------------------------------------------------------------------------

    def _details(self, fellow: Fellow) -> dict[str, Any]:
        return {
            "registration_profession": fellow.profession,
            "registration_employer": "Trust of the Example",
            "registration_host": "Regional office",
            "registration_project": "Shorter waits",
            "registration_weekdays": list(fellow.weekdays),
            "registration_start": "2026-03-02",
            "registration_end": "2027-02-26",
        }

    def _agree(self, member: Person) -> None:
        member.fills({"registration_purposes": _options(member, "registration_purposes")})

    def _register_everybody(self) -> None:
        tell = self._teller
        amara, ben = self._slack.member("Amara Okafor"), self._slack.member("Ben Hughes")
        amara.clicks("notice.read")
        tell.does("Amara", "reads the privacy notice")
        tell.shows(amara.modal_text)
        amara.closes()
        amara.clicks("registration.open")
        amara.fills({**self._details(FELLOWS[0]), "registration_end": "2026-02-27"})
        self._agree(amara)
        refused = amara.submits({})
        tell.does("Amara", "registers with an end date before the start")
        tell.holds("she is told beside the field", true=set(refused.errors) == {"registration_end"})
        tell.shows(f"{refused.errors['registration_end']}")
        amara.submits({"registration_end": "2027-02-26"})
        tell.does("Amara", "corrects it and sends the form")
        tell.sees(amara, "registered", show=True)

        ben.clicks("registration.open")
        ben.fills({"registration_profession": "Dietitian", "registration_employer": "Trust of the Example"})
        ben.fills({"registration_weekdays": ["Tuesday"]})
        ben.closes()
        tell.does("Ben", "fills in half of the form and closes it")
        tell.sees(ben, "Carry on", show=True)
        ben.clicks("registration.open")
        tell.does("Ben", "carries on later")
        tell.holds(
            "what he had filled in is there",
            true="Dietitian" in ben.modal_text and "Trust of the Example" in ben.modal_text,
        )
        self._finish(ben, FELLOWS[1])
        for fellow in FELLOWS[2:]:
            self._register(fellow)
        self._slack.advance(by=dt.timedelta(0))

    def _register(self, fellow: Fellow) -> None:
        member = self._slack.member(fellow.name)
        member.clicks("registration.open")
        self._finish(member, fellow)

    def _finish(self, member: Person, fellow: Fellow) -> None:
        member.fills(self._details(fellow))
        self._agree(member)
        sent = member.submits({})
        self._teller.does(fellow.name.partition(" ")[0], "registers")
        self._teller.holds("the registration was taken", true=sent.ok and not sent.errors)
        self._teller.sees(member, "registered")

    # 4 ------------------------------------------------------------------------------------------------------------

    def _open_pulse(self, cohort: str) -> None:
        tell, ruth = self._teller, self._ruth
        if cohort == "AHP Fellows 2026":
            ruth.types("/pulse")
            ruth.clicks("pulse.test")
            tell.does("Ruth", "sends the pulse to herself first")
            tell.sees(ruth, "Test", show=True)
            ruth.closes()
            ruth.clicks("pulse.answer#4")
            tell.does("Ruth", "presses a button of the test")
            tell.sees(ruth, "Saved")
            ruth.clicks("pulse.form")
            tell.shows(ruth.modal_text)
            ruth.closes()
        ruth.types("/pulse")
        tell.shows(ruth.modal_text)
        sent = ruth.submits({"pulse_cohort": cohort})
        tell.does("Ruth", f"opens the pulse for {cohort}")
        tell.holds("it is open", true=sent.ok and ruth.modal is None)
        tell.sees(ruth, "0 of", show=True)

    def _answer_everybody(self) -> None:
        tell = self._teller
        for day in range(5):
            self._slack.advance(to=STARTS_AT + dt.timedelta(days=day, hours=1))
            for fellow in FELLOWS:
                if fellow.options and self._first_day(fellow) == day:
                    self._answer(fellow)
        gwen = self._slack.member(SILENT)
        tell.holds("Gwen was asked once", true=len(self._pulse_messages(gwen)) == 1)
        self._slack.advance(to=STARTS_AT + dt.timedelta(days=17, hours=2))
        tell.does("Gwen", "says nothing, and is reminded once, on a day of hers")
        reminders = self._pulse_messages(gwen)
        tell.holds("there is one reminder", true=len(reminders) == 2)
        tell.shows(reminders[-1].plain)
        reminded = dt.datetime.fromtimestamp(float(reminders[-1].ts), dt.UTC)
        tell.holds("it came on a Tuesday or Wednesday", true=f"{reminded:%A}" in {"Tuesday", "Wednesday"})
        for fellow in FELLOWS[:6]:
            asked = self._pulse_messages(self._slack.member(fellow.name))
            tell.holds(f"{fellow.name.partition(' ')[0]}, who has answered, is not reminded", true=len(asked) == 1)
        seen = tell.sees(self._ruth, "6 of 7 answered", show=True)
        tell.holds(
            "the associate director reads a count and no name", true=not any(each.name in seen for each in FELLOWS)
        )

    def _first_day(self, fellow: Fellow) -> int:
        return min(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday").index(day) for day in fellow.weekdays)

    def _pulse_messages(self, member: Person) -> list[Seen]:
        return [message for message in member.messages() if "Pulse: AHP Fellows 2026" in message.plain]

    def _answer(self, fellow: Fellow) -> None:
        tell, member = self._teller, self._slack.member(fellow.name)
        first = fellow.name.partition(" ")[0]
        tell.sees(member, "confidential", show=fellow is FELLOWS[0])
        if fellow is FELLOWS[0]:
            tell.pictures("pulse-message")
            member.opens_home()
            tell.does(first, "looks at the Home tab")
            tell.sees(member, "AHP Fellows 2026", in_="home", show=True)
            tell.pictures("home")
        option = fellow.options[0]
        if first == "Chloe":
            member.clicks(option, times=2)
            tell.does("Chloe", "double-clicks the answer to the first question")
        elif first == "Dilys":
            self._slack.arm("duplicate", count=1)
            member.clicks(option)
            tell.does("Dilys", "answers the first question, and Slack delivers it twice")
        else:
            member.clicks(option)
            tell.does(first, "answers the first question with one click")
        said = tell.sees(member, "Saved", show=fellow is FELLOWS[0])
        tell.holds("the message says saved and not what", true=option not in said)
        member.clicks("pulse.form")
        if fellow is FELLOWS[0]:
            tell.pictures("pulse-form")
        sheet = {f"pulse_item_p{number}": value for number, value in enumerate(fellow.options, 1)}
        words = {"pulse_item_p8": CANARY} if first == "Farah" else {}
        sent = member.submits({**sheet, **words})
        tell.does(first, "answers the rest in one form")
        tell.holds("it is saved and the form is closed", true=sent.ok and member.modal is None)
        tell.sees(member, "can change", show=fellow is FELLOWS[0])
        if first == "Ewan":
            member.clicks("pulse.form")
            member.submits({"pulse_item_p3": "Strongly agree"})
            tell.does("Ewan", "changes an answer")
            tell.sees(member, "can change")

    # 5 ------------------------------------------------------------------------------------------------------------

    def _release(self) -> None:
        tell, slack = self._teller, self._slack
        slack.advance(to=STARTS_AT + dt.timedelta(days=42))
        seen = tell.sees(self._nia, "6 of 7", in_="#ahp-evaluation", show=True)
        tell.pictures("summary")
        tell.holds("it carries figure ids", true="F-" in seen)
        tell.holds("it was posted once", true=self._summaries("#ahp-evaluation") == 1)
        late = slack.member("Gwen Price")
        late.clicks("pulse.answer#4")
        tell.does("Gwen", "presses a button after the freeze")
        tell.sees(late, "over")
        tell.shows(late.modal_text)
        late.closes()
        rows = self._evaluation("SELECT suppressed, value FROM summary")
        tell.holds(
            "seven figures are in the evaluation database, none suppressed",
            true=len(rows) == 7 and not any(r[0] for r in rows),
        )

    def _summaries(self, channel: str) -> int:
        return sum("F-" in message.plain for message in self._nia.messages(in_=channel))

    # 6 ------------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        tell, amara = self._teller, self._slack.member("Amara Okafor")
        self._nia.types("/evaluate", in_="#ahp-evaluation")
        tell.does("Nia", "types /evaluate in #ahp-evaluation")
        seen = tell.sees(self._nia, "Latest pulse", in_="#ahp-evaluation", show=True)
        tell.holds("she gets the denominators and the figure ids", true="6 of 7" in seen and "F-" in seen)
        amara.types("/evaluate", in_="#ahp-evaluation")
        tell.does("Amara", "types /evaluate there too")
        seen = tell.sees(amara, "Only evaluators", in_="#ahp-evaluation", show=True)
        tell.pictures("refusal")
        tell.holds("she is told why, and who can help", true="confidential" in seen and "Ruth" in seen)
        asked = self._evaluation("SELECT parsed_query, outcome FROM query_log")
        tell.holds("one question was answered, and is on record", true=asked == [("latest pulse", "answered")])

    # 7 ------------------------------------------------------------------------------------------------------------

    def _small_cohort(self) -> None:
        tell, slack = self._teller, self._slack
        self._set_up("Podiatry Fellows 2026", "podiatry-fellows", "podiatry-evaluation")
        self._paste(SMALL_ROSTER, 3)
        tell.sees(self._ruth, "Hana")
        for fellow in SMALL_COHORT:
            self._register(fellow)
        slack.advance(by=dt.timedelta(0))
        self._open_pulse("Podiatry Fellows 2026")
        opened_at = slack.now
        for day in range(7):
            slack.advance(to=opened_at + dt.timedelta(days=day, hours=1))
            for fellow in SMALL_COHORT:
                weekday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[
                    slack.now.weekday()
                ]
                if weekday in fellow.weekdays:
                    self._answer(fellow)
        slack.advance(to=opened_at + dt.timedelta(days=42))
        tell.sees(self._nia, "3 of 3", in_="#podiatry-evaluation", show=True)
        rows = self._evaluation(
            "SELECT s.value, s.n_item, s.suppressed, s.reason FROM summary s JOIN figure_wave USING (figure_id)"
            " JOIN wave USING (wave_key) WHERE n_answered = 3"
        )
        tell.holds(
            "every figure of the small cohort is withheld", true=bool(rows) and all(r[0] is None and r[2] for r in rows)
        )
        tell.holds("the reason is said", true=all(r[3] for r in rows))
        counts = self._evaluation("SELECT n_eligible, n_answered FROM wave WHERE n_answered = 3")
        tell.holds("the counts are there", true=counts == [(3, 3)])

    # afterwards ---------------------------------------------------------------------------------------------------

    def _evaluation(self, query: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(f"file:{self._folder / 'evaluation.db'}?mode=ro", uri=True)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def check_what_is_left(self) -> None:
        """After everything has stopped: what a fellow wrote is in the operational database and nowhere else."""
        holding = {path.name for path in self._folder.iterdir() if CANARY.encode() in path.read_bytes()}
        if not holding or not holding <= {"operational.db", "operational.db-wal"}:
            raise StoryError(f"What a fellow wrote should be in operational.db alone, and is in: {sorted(holding)}")
        evaluation = (self._folder / "evaluation.db").read_bytes()
        for each in (*FELLOWS, *SMALL_COHORT):
            member = self._slack_ids[each.name]
            for trace in (each.name, each.name.split()[0], member, f"{each.name.split()[1].lower()}@"):
                if trace.encode() in evaluation:
                    raise StoryError("The evaluation database holds a trace of a person.")
