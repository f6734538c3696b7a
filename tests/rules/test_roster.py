import pytest
from hypothesis import given
from hypothesis import strategies as st

from fellowship.rules.roster import MOST_LINES, Roster, RosterProblem, RosterRow, parse_roster


def _only_row(line: str) -> tuple[str, str]:
    roster = parse_roster(line)
    assert roster.problems == ()
    (row,) = roster.rows
    return row.name, row.email


def _only_problem(line: str) -> RosterProblem:
    roster = parse_roster(line)
    assert roster.rows == ()
    (problem,) = roster.problems
    return problem


@pytest.mark.parametrize(
    "line",
    [
        "Amara Okafor <amara@trust.nhs.uk>",
        "amara@trust.nhs.uk, Amara Okafor",
        "Amara Okafor;amara@trust.nhs.uk",
        "Amara Okafor\tamara@trust.nhs.uk",
        "Amara,Okafor,amara@trust.nhs.uk,Physiotherapist",
        '"Amara Okafor","amara@trust.nhs.uk"',
        "\u201cAmara Okafor\u201d <amara@trust.nhs.uk>",
        "Amara\u00a0Okafor\u00a0amara@trust.nhs.uk\u200b",
        "Amara Okafor <mailto:amara@trust.nhs.uk|amara@trust.nhs.uk>",
        "Amara Okafor mailto:Amara@Trust.NHS.uk",
        "  2. Amara Okafor: AMARA@TRUST.NHS.UK.",
        "\u2022 Amara Okafor (amara@trust.nhs.uk)",
        "- Amara Okafor \u2013 amara@trust.nhs.uk",
        "Name: Amara Okafor, E-mail: amara@trust.nhs.uk",
    ],
)
def test_a_person_is_found_however_the_line_is_written(line: str) -> None:
    assert _only_row(line) == ("Amara Okafor", "amara@trust.nhs.uk")


def test_a_name_may_be_left_out() -> None:
    assert _only_row("amara@trust.nhs.uk") == ("", "amara@trust.nhs.uk")


def test_an_apostrophe_may_be_curly_in_a_name_and_in_an_address() -> None:
    assert _only_row("Fay O\u2019Neil <fay.o\u2019neil@trust.nhs.uk>") == ("Fay O'Neil", "fay.o'neil@trust.nhs.uk")


def test_a_hyphen_that_a_word_processor_made_unbreakable_is_a_hyphen() -> None:
    assert _only_row("jo.smith\u2011jones@trust.nhs.uk") == ("", "jo.smith-jones@trust.nhs.uk")


@pytest.mark.parametrize("heading", ["Name,Email", "E-mail address\tName", "First name;Surname;Work email", "Name"])
def test_a_heading_and_blank_lines_are_passed_over(heading: str) -> None:
    roster = parse_roster(f"\n{heading}\r\n\r\nAmara,amara@trust.nhs.uk\n   \n\u00a0\nBola,bola@trust.nhs.uk\n")
    assert [(row.line_no, row.name) for row in roster.rows] == [(4, "Amara"), (7, "Bola")]
    assert roster.problems == ()


def test_a_heading_further_down_is_a_line_like_any_other() -> None:
    roster = parse_roster("amara@trust.nhs.uk\nName,Email")
    assert [problem.line_no for problem in roster.problems] == [2]


def test_nobody_is_an_empty_list() -> None:
    assert parse_roster("") == parse_roster(" \n\n") == Roster(rows=(), problems=())


def test_a_line_without_an_address_is_named() -> None:
    assert _only_problem("Hal Moss") == RosterProblem(1, "Hal Moss", "there is no e-mail address on this line")


@pytest.mark.parametrize(
    "line",
    [
        "Gus gus@trust",
        "gus@@trust.nhs.uk",
        "gus@trust..uk",
        "@gus",
        "gus@",
        "<@U0123ABCD>",
        "g\u00fcs@trust.nhs.uk",
        ".gus@trust.nhs.uk@",
        "gus..moss@trust.nhs.uk",
        "gus@-trust.nhs.uk",
        f"{'g' * 250}@trust.nhs.uk",
    ],
)
def test_an_address_that_cannot_be_one_is_named(line: str) -> None:
    assert "not complete, or has a character" in _only_problem(line).reason


def test_two_people_on_one_line_are_not_guessed_at() -> None:
    problem = _only_problem("Ian ian@trust.nhs.uk, Jan jan@trust.nhs.uk")
    assert problem.reason == "there are 2 e-mail addresses on this line; put each person on a line of their own"


def test_a_repeated_person_is_named_with_the_line_of_the_first() -> None:
    roster = parse_roster("Name,Email\nAmara,amara@trust.nhs.uk\nBola,bola@trust.nhs.uk\nA. Okafor,AMARA@trust.nhs.uk")
    assert [row.name for row in roster.rows] == ["Amara", "Bola"]
    assert roster.problems == (RosterProblem(4, "A. Okafor,AMARA@trust.nhs.uk", "this address is already on line 2"),)


def test_as_many_lines_as_are_looked_up_in_a_minute_are_read_and_one_more_is_one_problem() -> None:
    lines = [f"person{number}@trust.nhs.uk" for number in range(MOST_LINES + 1)]
    assert len(parse_roster("\n".join(lines[:-1])).rows) == MOST_LINES
    assert len(parse_roster("\n".join(["Name,Email", "", *lines[:-1]])).rows) == MOST_LINES
    too_many = parse_roster("\n".join(lines))
    assert too_many.rows == ()
    assert too_many.problems == (
        RosterProblem(
            41, "person40@trust.nhs.uk", "the list has 41 lines and 40 is the most at once; nobody on it was invited"
        ),
    )


def test_eight_lines_with_one_bad_give_seven_rows_and_one_problem() -> None:
    names = ["Amara", "Bola", "Chi", "Dan", "Eve", "Fay", "Gus"]
    lines = [f"{name} <{name.lower()}@trust.nhs.uk>" for name in names]
    lines.insert(3, "Hal <hal@trust>")
    roster = parse_roster("\n".join(lines))
    assert [row.name for row in roster.rows] == names
    assert [problem.line_no for problem in roster.problems] == [4]


@given(st.text(alphabet=st.sampled_from("aB1@.,;|<>\"'- \u2019\u00a0\u200b\t\n\u0130\u212a"), max_size=120))
def test_no_line_is_lost_and_none_is_used_twice(text: str) -> None:
    roster = parse_roster(text)
    told = sorted([row.line_no for row in roster.rows] + [problem.line_no for problem in roster.problems])
    asked = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip("\u200b\u00a0 \t")]
    assert told == asked


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_without_an_error_and_rows_have_whole_addresses(text: str) -> None:
    for row in parse_roster(text).rows:
        assert isinstance(row, RosterRow)
        assert row.email == row.email.lower()
        assert row.email.count("@") == 1
