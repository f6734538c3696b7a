"""The summary of a wave: posted in the evaluation channel, and shown again to evaluators who ask."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from fellowship.views.layout import SECTION_LIMIT, heading, note, said, section
from fellowship.views.message import Message
from fellowship.views.text import at, counted, cut, escaped, on, one_line, shown

_MOST_SECTIONS = 40
"""A message holds 50 blocks; the rest is for what stands around the items."""
_WORDING_LIMIT = 400
_MOST_CHARACTERS = 30_000
"""A message's text is cut off at 40,000 characters; the rest is for what stands around the items."""


@dataclass(frozen=True)
class FigureLine:
    """One figure as released. For ``band_count`` the label is the band's, and the value a count."""

    figure_id: str
    item_id: str
    wording: str
    statistic: str
    label: str
    value: str | None
    n_item: int | None
    at_least: bool
    suppressed: bool
    reason: str | None


@dataclass(frozen=True)
class WaveSummary:
    """A frozen wave with all its figures; ``zone`` is the cohort's."""

    cohort_name: str
    programme: str
    instrument_title: str
    wave_key: str
    opened_on: dt.date
    closed_on: dt.date
    frozen_at: dt.datetime
    zone: str
    n_eligible: int
    n_answered: int
    k_median: int
    k_distribution: int
    figures: tuple[FigureLine, ...]


def wave_summary(summary: WaveSummary) -> Message:
    """The post in the evaluation channel."""
    return said(heading(f"Pulse results: {one_line(summary.cohort_name)}"), *_summary_blocks(summary))


def latest_pulse(summary: WaveSummary | None, cohort_name: str) -> Message:
    """The answer to an evaluator who asks: the same content, or that there is none yet."""
    if summary is not None:
        return said(heading(f"Latest pulse: {one_line(summary.cohort_name)}"), *_summary_blocks(summary))
    return said(
        section(
            f"No pulse of {shown(cohort_name)} has been released yet. When one is over I post its summary in this "
            "channel, and `/evaluate` shows it again. The associate director can tell you when the next one is planned."
        )
    )


def _summary_blocks(summary: WaveSummary) -> list[Block]:
    blocks: list[Block] = [section(_response(summary))]
    if all(figure.suppressed for figure in summary.figures):
        blocks += _nothing_shown(summary)
    else:
        blocks += _packed(_item(list(lines)) for _, lines in itertools.groupby(summary.figures, key=_item_id))
        blocks += [note(line) for line in _reading(summary)]
    blocks.append(
        note(
            f"Frozen {at(summary.frozen_at, summary.zone)}: these figures are final, and no later answer changes them. "
            f"Wave {escaped(summary.wave_key)}. The same figures are in the evaluation database, under the same ids."
        )
    )
    return blocks


def _item_id(figure: FigureLine) -> str:
    return figure.item_id


def _response(summary: WaveSummary) -> str:
    asked = f"the {shown(summary.instrument_title)} of {shown(summary.cohort_name)} ({shown(summary.programme)})"
    return (
        f"*{summary.n_answered} of {summary.n_eligible}* eligible fellows answered {asked}, open from "
        f"{on(summary.opened_on)} to {on(summary.closed_on)}."
    )


def _nothing_shown(summary: WaveSummary) -> list[Block]:
    if summary.n_answered < summary.k_median:
        why = (
            f"only {counted(summary.n_answered, 'person', 'people')} answered, and a median needs "
            f"{summary.k_median} (a spread of answers {summary.k_distribution})"
            if summary.n_answered
            else "nobody answered"
        )
    else:
        why = _reason(summary.figures)
    told = (
        f"*No scores are shown for this pulse,* because {why}. Otherwise somebody's answer could be worked out. "
        "There are none in the evaluation database either: it holds these counts and the reason."
    )
    if not summary.n_answered:
        told = (
            f"*No scores are shown for this pulse,* because {why}. The evaluation database holds these counts and the "
            "reason."
        )
    blocks: list[Block] = [section(told)]
    if summary.figures:
        ids = ", ".join(f"{escaped(each.item_id)} {escaped(each.figure_id)}" for each in summary.figures)
        blocks.append(note(f"On record as not shown: {ids}."))
    return blocks


def _reason(figures: Iterable[FigureLine]) -> str:
    """Why figures are not shown: one reason for all, so that it tells nothing about any one of them."""
    given = next((each.reason for each in figures if each.suppressed and each.reason), None)
    return shown(given, 300) if given else "too few people gave an answer to be shown safely"


def _item(figures: Sequence[FigureLine]) -> str:
    first = figures[0]
    lines = [f"*{shown(first.item_id, 30)}.* {shown(first.wording, _WORDING_LIMIT)}"]
    shown_together = [each for each in figures if each.statistic != "band_count" or each.suppressed]
    counts = [each for each in figures if each.statistic == "band_count" and not each.suppressed]
    lines += [f"• {_figure(each)}" for each in [*shown_together, *counts]]
    return cut("\n".join(lines), SECTION_LIMIT)


def _figure(figure: FigureLine) -> str:
    figure_id = escaped(figure.figure_id)
    if figure.suppressed or figure.value is None:
        return f"Not shown. ({figure_id})"
    if figure.statistic == "band_count":
        return f"{shown(figure.label)}: {escaped(figure.value)} of {figure.n_item} ({figure_id})"
    return f"Median: {_answer(figure)}. {_denominator(figure)} ({figure_id})"


def _answer(figure: FigureLine) -> str:
    value = (figure.value or "").replace("-", " to ")
    return shown(figure.label) if figure.label.startswith(value) else f"{shown(figure.label)} ({escaped(value)})"


def _denominator(figure: FigureLine) -> str:
    if figure.n_item is None:
        return "How many answered it is not shown."
    people = counted(figure.n_item, "person", "people")
    return f"At least {people} answered it." if figure.at_least else f"{people} answered it."


def _reading(summary: WaveSummary) -> list[str]:
    reading = (
        "*How to read this.* The median is the middle answer; of two middle answers, the lower. Where it is a band, "
        f"its numbers say which answers it covers. A median needs {summary.k_median} people with an answer, a spread "
        f"of answers {summary.k_distribution}. Figures tell what fellows answered, not what caused it, and with many "
        "questions some figures stand out by chance."
    )
    lines = [reading]
    if any(each.suppressed for each in summary.figures):
        lines.append(f"'Not shown' means: {_reason(summary.figures)}.")
    if any(each.at_least for each in summary.figures):
        lines.append("'At least' stands where the exact number could tell that one or two people left a question out.")
    return lines


def _packed(items: Iterable[str]) -> list[Block]:
    """A section for each item while there is room, else as many in one as fit; what is too much is said."""
    told, kept = 0, list[str]()
    parts = list(items)
    for part in parts:
        told += len(part) + 2
        if told > _MOST_CHARACTERS:
            break
        kept.append(part)
    left = len(parts) - len(kept)
    blocks: list[Block] = [section(part) for part in (kept if len(kept) <= _MOST_SECTIONS else _together(kept))]
    if left:
        more = counted(left, "more question", "more questions")
        blocks.append(section(f"And {more}: one message holds no more. All figures are in the evaluation database."))
    return blocks


def _together(parts: Sequence[str]) -> list[str]:
    together = [parts[0]]
    for part in parts[1:]:
        if len(together[-1]) + 2 + len(part) <= SECTION_LIMIT:
            together[-1] = f"{together[-1]}\n\n{part}"
        else:
            together.append(part)
    return together
