"""What may be shown of a wave: the one disclosure engine. Pure; every figure anywhere comes from here.

Why it holds, in the order in which a reviewer can check it:

* *One answer, one release.* A wave is released once, on its own respondents. The engine takes one wave's values and
  nothing else, yields at most one figure for each item, statistic and band, and the bands of an item share no value. No
  answer enters two figures of the same statistic and no two releases share an answer, so there is nothing to subtract.
* *What is shown of an item is one of three things*: that it is not shown; the band that holds the median; or the number
  of answers in each of two or more cells with, in most cases, the median itself.
* *Which of the three* depends on how many answered, on how many gave a value, and on the sizes of the cells.
* *Not shown* is one row, the same in every part, whether too few gave a value or all but a handful gave the same.

Two choices are stricter than 'five for a median, eight for a distribution' and come from attacking that reading:

* An item that one or two respondents left out says 'at least'. Cell counts add up to the exact number, so such an item
  shows the median's band alone, however many answered. Where only one of 'one left out' and 'two left out' can be
  released at all (one respondent more than the threshold), a full item says 'at least' as well; else the words
  themselves would tell that exactly one was left out.
* Below five values a median tells one insider too much: of three answers, or four, someone who disagreed and reads
  'median: Agree' knows every colleague's side. So the threshold of a median cannot be set under five.

What it does not promise: where exactly five answered, and all five this item, two of them who pool their answers and
both stand on one side of the median's band can know that the other three stand in it. Where more answered it takes
three. k people protect each other as k - 1 against one colleague, not against a coalition; tests measure the smallest
coalition for each number of answers.

Nor is a guess prevented: someone who assumes that nobody changes their mind can subtract two waves. The assumption is
theirs; the figures never make it certain.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fellowship.catalogue import Band, Instrument, Item, Scale

Statistic = Literal["median_band", "median", "band_count"]

FEWEST = 3
"""No threshold lies under this, and no cell of a breakdown holds fewer."""
FEWEST_FOR_MEDIAN = 5
"""With three or four values a median tells one respondent what every other answered."""
NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Thresholds:
    """How many people with a value a median and a distribution need; locked when a wave opens.

    Raises ValueError, with a sentence, for thresholds that would not protect anybody.
    """

    median: int = 5
    distribution: int = 8

    def __post_init__(self) -> None:
        if min(self.median, self.distribution) < FEWEST:
            raise ValueError(f"A threshold must be {FEWEST} or more: fewer people cannot protect each other.")
        if self.median < FEWEST_FOR_MEDIAN:
            raise ValueError(
                f"The threshold of a median must be {FEWEST_FOR_MEDIAN} or more: with 3 or 4 answers one respondent "
                "can work out what all the others answered."
            )
        if self.median > self.distribution:
            raise ValueError("The threshold of a distribution must not be lower than that of a median.")


@dataclass(frozen=True)
class Figure:
    """One released or suppressed figure.

    ``value`` is a band's id for ``median_band``, a value of the scale for ``median``, a count for ``band_count``, and
    None when suppressed; ``label`` says it, or for ``band_count`` the band, in words. ``band`` is the id of the cell
    that ``band_count`` counts, and else empty; neighbouring bands counted as one have a joined id, ``1-3``. ``n_item``
    is how many gave a value or, with ``n_item_at_least``, a number that they are not under.
    """

    item_id: str
    statistic: Statistic
    band: str
    label: str
    value: str | None
    n_item: int | None
    n_item_at_least: bool
    suppressed: bool
    reason: str | None


@dataclass(frozen=True)
class WaveRelease:
    """Everything that is ever shown of a wave: two denominators and at least one figure for each scale item."""

    n_eligible: int
    n_answered: int
    figures: tuple[Figure, ...]


def release_wave(
    instrument: Instrument,
    values: Mapping[str, Sequence[int]],
    *,
    n_eligible: int,
    n_answered: int,
    thresholds: Thresholds,
) -> WaveRelease:
    """The wave's release, in the order of the items; the same for the same values in any order.

    ``values`` holds, for each scale item, the values given by distinct people; missing codes are left out, and an item
    without any may be. Raises ValueError, never with a value in it, for counts or values that cannot be.
    """
    if not 0 <= n_answered <= n_eligible:
        raise ValueError("everyone who answered is eligible: n_answered cannot be over n_eligible, or under 0")
    if instrument.release != "wave":
        raise ValueError(f"{instrument.key} is not released by wave")
    scales = {item.item_id: item.scale for item in instrument.items if item.scale is not None}
    if not set(values) <= set(scales):
        raise ValueError(f"{instrument.key} has no scale item {min(set(values) - set(scales))}")
    figures: list[Figure] = []
    for item in instrument.items:
        if item.scale is not None:
            given = sorted(values.get(item.item_id, ()))
            _check(item, item.scale, given, n_answered)
            distribute = {"median", "band_count"} <= set(instrument.statistics)
            figures += _released(item.item_id, item.scale, given, n_answered, thresholds, distribute=distribute)
    return WaveRelease(n_eligible, n_answered, tuple(figures))


def _check(item: Item, scale: Scale, given: Sequence[int], n_answered: int) -> None:
    if len(given) > n_answered:
        raise ValueError(f"{item.item_id} has more values than people who answered")
    offered = {option.value for option in scale.options}
    if not set(given) <= offered:
        raise ValueError(f"{item.item_id} has a value that is not on its scale")


def _released(
    item_id: str, scale: Scale, given: Sequence[int], n_answered: int, thresholds: Thresholds, *, distribute: bool
) -> list[Figure]:
    n_item = len(given)
    if n_item < thresholds.median:
        return [_not_shown(item_id, thresholds)]
    n_shown, at_least = _shown_size(n_item, n_answered, thresholds.median)
    middle = _lower_middle(n_item)
    if n_item < thresholds.distribution or at_least or not distribute:
        band = scale.band_of(given[middle])
        return [_median_band(item_id, band, n_shown, at_least=at_least)]
    cells = merged(scale.bands, [sum(band.low <= value <= band.high for value in given) for band in scale.bands])
    if len(cells) == 1:
        return [_not_shown(item_id, thresholds)]
    return [
        _median(item_id, scale, given[middle], cells, middle),
        *(_shown(item_id, "band_count", cell.band, str(cell.count), n_item) for cell in cells),
    ]


def _shown_size(n_item: int, n_answered: int, k: int) -> tuple[int, bool]:
    """The item's n as it may be read, and whether it is only a lower bound.

    Of the sizes that are one or two short of everyone, none can be told from another. Where the threshold lets only
    one of them be released, it is not told from everyone either.
    """
    left_out = n_answered - n_item
    only_one_short = n_answered - 1 == k
    if left_out in {1, 2} or (left_out == 0 and only_one_short):
        return max(n_answered - 2, k), True
    return n_item, False


def _lower_middle(n_item: int) -> int:
    """Where the median is among ``n_item`` values in rising order, counted from 0.

    For an even number it is the lower of the two middle answers. Their midpoint would be a value that nobody gave, in
    a band perhaps that nobody chose, and would tell that exactly half stand on either side.
    """
    return (n_item - 1) // 2


@dataclass(frozen=True)
class Cell:
    """Neighbouring bands counted as one."""

    band: Band
    count: int
    bands: int
    """How many bands of the scale it joins."""


def merged(bands: Sequence[Band], counts: Sequence[int]) -> tuple[Cell, ...]:
    """The most cells of neighbouring bands that hold 3 answers or more each; a single cell when there are no two.

    Of two ways to get as many cells, the one that joins bands at the low end is taken, whatever the counts: a choice
    by size would tell which neighbour was the smaller, and answers in the middle never swell the favourable end.
    """
    places = range(1, len(bands))
    for how_many in reversed(places):
        for cuts in reversed(list(itertools.combinations(places, how_many))):
            edges = list(itertools.pairwise([0, *cuts, len(bands)]))
            if all(sum(counts[first:last]) >= FEWEST for first, last in edges):
                return tuple(_cell(bands[first:last], counts[first:last]) for first, last in edges)
    return (_cell(bands, counts),)


def _cell(bands: Sequence[Band], counts: Sequence[int]) -> Cell:
    if len(bands) == 1:
        return Cell(bands[0], counts[0], 1)
    low, high = bands[0].low, bands[-1].high
    label = " or ".join([bands[0].label, *(band.label.lower() for band in bands[1:])])
    return Cell(Band(f"{low}-{high}", label, low, high), sum(counts), len(bands))


def _median(item_id: str, scale: Scale, median: int, cells: Sequence[Cell], middle: int) -> Figure:
    """The median, or the cell that holds it where the exact value would be the cell's smallest or greatest answer.

    The first answer of a cell, where it is the highest of the band, would tell every answer in the cell exactly.
    Whether the median is a cell's first or last answer follows from the published counts alone, so that leaving it out
    tells nothing.
    """
    n_item = sum(cell.count for cell in cells)
    before = 0
    for cell in cells:
        if middle < before + cell.count:
            if middle in {before, before + cell.count - 1}:
                return _median_band(item_id, cell.band, n_item, at_least=False)
            break
        before += cell.count
    label = next(option.label for option in scale.options if option.value == median)
    return Figure(
        item_id, "median", "", label, str(median), n_item, n_item_at_least=False, suppressed=False, reason=None
    )


def _median_band(item_id: str, band: Band, n_shown: int, *, at_least: bool) -> Figure:
    return Figure(
        item_id, "median_band", "", band.label, band.band_id, n_shown, at_least, suppressed=False, reason=None
    )


def _shown(item_id: str, statistic: Statistic, band: Band, value: str, n_item: int) -> Figure:
    return Figure(
        item_id,
        statistic,
        band.band_id,
        band.label,
        value,
        n_item,
        n_item_at_least=False,
        suppressed=False,
        reason=None,
    )


def _not_shown(item_id: str, thresholds: Thresholds) -> Figure:
    return Figure(
        item_id,
        "median_band",
        "",
        NOT_SHOWN,
        None,
        None,
        n_item_at_least=False,
        suppressed=True,
        reason=f"fewer than {thresholds.median} people gave an answer, or the answers cannot be shown "
        f"in groups of {FEWEST} or more",
    )


def shown_count(shown: int, answered: int) -> int:
    """How many have answered, as the associate director may read it while the wave is open.

    A count that rises by one from one day to the next tells who that one was, to somebody who knows whose day it was.
    So it moves only when two or more have answered since it last moved.
    """
    return answered if answered - shown >= 2 else shown
