import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fellowship import catalogue
from fellowship.rules.disclosure import Figure, Thresholds, WaveRelease, merged, release_wave, shown_count

PULSE = catalogue.instrument("pulse-1")
DEFAULT = Thresholds()
BANDS = PULSE.items[0].scale.bands if PULSE.items[0].scale else ()


def _release(values: dict[str, list[int]], n_answered: int, thresholds: Thresholds = DEFAULT) -> WaveRelease:
    return release_wave(PULSE, values, n_eligible=n_answered + 1, n_answered=n_answered, thresholds=thresholds)


def _of(item_id: str, release: WaveRelease) -> list[Figure]:
    return [figure for figure in release.figures if figure.item_id == item_id]


def _p1(values: list[int], n_answered: int | None = None, thresholds: Thresholds = DEFAULT) -> list[Figure]:
    return _of("p1", _release({"p1": values}, len(values) if n_answered is None else n_answered, thresholds))


def _said(figures: list[Figure]) -> list[tuple[str, str, str | None]]:
    return [(figure.statistic, figure.band, figure.value) for figure in figures]


@pytest.mark.parametrize(("median", "distribution"), [(2, 8), (5, 2), (0, 0), (-1, 8)])
def test_a_threshold_under_three_is_refused(median: int, distribution: int) -> None:
    with pytest.raises(ValueError, match="must be 3 or more"):
        Thresholds(median, distribution)


@pytest.mark.parametrize("median", [3, 4])
def test_a_median_of_three_or_four_is_refused_with_the_reason(median: int) -> None:
    with pytest.raises(ValueError, match="one respondent can work out"):
        Thresholds(median, 8)


def test_a_distribution_needs_no_fewer_than_a_median() -> None:
    with pytest.raises(ValueError, match="must not be lower"):
        Thresholds(8, 7)


def test_every_scale_item_has_a_figure_and_the_open_item_none() -> None:
    release = _release({}, 6)
    assert [figure.item_id for figure in release.figures] == ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]
    assert (release.n_answered, release.n_eligible) == (6, 7)


def test_under_five_there_is_one_row_that_says_so_and_nothing_else() -> None:
    assert _p1([4, 4, 2, 1]) == [
        Figure(
            item_id="p1",
            statistic="median_band",
            band="",
            label="not shown",
            value=None,
            n_item=None,
            n_item_at_least=False,
            suppressed=True,
            reason="fewer than 5 people gave an answer, or the answers cannot be shown in groups of 3 or more",
        )
    ]


def test_from_five_to_seven_the_medians_band_is_shown_alone() -> None:
    assert _p1([1, 2, 4, 5, 5, 4, 3]) == [
        Figure("p1", "median_band", "", "Agree", "4-5", 7, n_item_at_least=False, suppressed=False, reason=None)
    ]


def test_from_eight_the_median_and_the_bands_are_shown() -> None:
    assert _p1([1, 1, 2, 3, 3, 3, 4, 4, 5]) == [
        Figure("p1", "median", "", "Neither", "3", 9, n_item_at_least=False, suppressed=False, reason=None),
        Figure("p1", "band_count", "1-2", "Disagree", "3", 9, n_item_at_least=False, suppressed=False, reason=None),
        Figure("p1", "band_count", "3", "Neither", "3", 9, n_item_at_least=False, suppressed=False, reason=None),
        Figure("p1", "band_count", "4-5", "Agree", "3", 9, n_item_at_least=False, suppressed=False, reason=None),
    ]


def test_a_small_cell_joins_its_neighbour_under_a_joined_name() -> None:
    figures = _p1([1, 2, 2, 3, 3, 4, 4, 5])
    assert _said(figures) == [("median", "", "3"), ("band_count", "1-3", "5"), ("band_count", "4-5", "3")]
    assert figures[1].label == "Disagree or neither"


def test_an_empty_cell_is_a_small_cell() -> None:
    assert _said(_p1([1, 1, 2, 2, 2, 4, 4, 5])) == [
        ("median", "", "2"),
        ("band_count", "1-3", "5"),
        ("band_count", "4-5", "3"),
    ]


def test_a_median_that_would_undo_the_merging_gives_way_to_its_cell() -> None:
    # Four of 'Disagree or neither', and the median their last: 'median 2' would tell that nobody said 'Neither'.
    figures = _p1([1, 1, 2, 2, 4, 4, 5, 5])
    assert _said(figures) == [("median_band", "", "1-3"), ("band_count", "1-3", "4"), ("band_count", "4-5", "4")]
    assert figures[0].label == "Disagree or neither"


def test_when_one_cell_is_left_it_looks_exactly_like_too_few() -> None:
    assert _p1([4, 4, 4, 5, 5, 5, 1, 3]) == _p1([1, 4, 3, 2], n_answered=8)


def test_an_even_number_has_the_lower_of_the_two_middle_answers_as_its_median() -> None:
    assert _said(_p1([1, 1, 2, 4, 4, 5], n_answered=9)) == [("median_band", "", "1-2")]


@pytest.mark.parametrize(
    ("n_item", "n_answered", "shown"),
    [
        (5, 5, "5"),
        (6, 6, "at least 5"),  # else 'at least 5' of 6 would mean exactly 5
        (5, 6, "at least 5"),
        (7, 7, "7"),
        (6, 7, "at least 5"),
        (5, 7, "at least 5"),
        (5, 8, "5"),
        (9, 10, "at least 8"),
        (8, 10, "at least 8"),
        (7, 10, "7"),
    ],
)
def test_an_item_that_one_or_two_left_out_says_at_least(n_item: int, n_answered: int, shown: str) -> None:
    figure = _p1([4] * n_item, n_answered)[0]
    assert f"{'at least ' if figure.n_item_at_least else ''}{figure.n_item}" == shown


def test_cell_counts_that_would_add_up_to_a_hidden_number_are_not_shown() -> None:
    assert _said(_p1([1, 1, 1, 3, 3, 3, 4, 4, 4], n_answered=10)) == [("median_band", "", "3")]
    assert _said(_p1([1, 1, 1, 3, 3, 3, 4, 4, 4], n_answered=12))[1:] == [
        ("band_count", "1-2", "3"),
        ("band_count", "3", "3"),
        ("band_count", "4-5", "3"),
    ]


def test_an_instrument_that_declares_the_medians_band_alone_yields_nothing_else() -> None:
    modest = dataclasses.replace(PULSE, statistics=("median_band",))
    release = release_wave(modest, {"p1": [1, 1, 1, 3, 3, 3, 4, 4, 4]}, n_eligible=9, n_answered=9, thresholds=DEFAULT)
    assert _said(_of("p1", release)) == [("median_band", "", "3")]


def test_confidence_is_shown_by_its_own_bands() -> None:
    figures = _of("p4", _release({"p4": [0, 2, 3, 4, 5, 6, 9, 10, 10]}, 9))
    assert _said(figures) == [
        ("median", "", "5"),
        ("band_count", "0-3", "3"),
        ("band_count", "4-6", "3"),
        ("band_count", "7-10", "3"),
    ]


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ((3, 3, 3), ["1-2", "3", "4-5"]),
        ((4, 0, 4), ["1-3", "4-5"]),  # either neighbour would do: the low end takes it
        ((4, 2, 2), ["1-2", "3-5"]),
        ((2, 2, 4), ["1-3", "4-5"]),
        ((2, 8, 2), ["1-5"]),
        ((9, 0, 0), ["1-5"]),
        ((0, 0, 9), ["1-5"]),
        ((9, 1, 1), ["1-5"]),
        ((1, 2, 9), ["1-3", "4-5"]),
        ((9, 2, 1), ["1-2", "3-5"]),
    ],
)
def test_cells_merge_into_the_most_groups_of_three(counts: tuple[int, ...], cells: list[str]) -> None:
    assert [cell.band.band_id for cell in merged(BANDS, counts)] == cells


@pytest.mark.parametrize(
    ("values", "n_answered", "sentence"),
    [
        ({"p1": [6] * 6}, 6, "p1 has a value that is not on its scale"),
        ({"p1": [-4] * 6}, 6, "p1 has a value that is not on its scale"),
        ({"p1": [4] * 6}, 5, "p1 has more values than people"),
        ({"p8": [4] * 6}, 6, "no scale item p8"),
        ({"p99": [4] * 6}, 6, "no scale item p99"),
    ],
)
def test_what_cannot_be_is_refused_without_repeating_an_answer(
    values: dict[str, list[int]], n_answered: int, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        _release(values, n_answered)


@pytest.mark.parametrize(("answered", "eligible"), [(7, 6), (-1, 6)])
def test_counts_that_cannot_be_are_refused(answered: int, eligible: int) -> None:
    with pytest.raises(ValueError, match="everyone who answered is eligible"):
        release_wave(PULSE, {}, n_eligible=eligible, n_answered=answered, thresholds=DEFAULT)


def test_an_instrument_released_otherwise_is_not_released_by_wave() -> None:
    paired = dataclasses.replace(PULSE, release="paired")
    with pytest.raises(ValueError, match="not released by wave"):
        release_wave(paired, {}, n_eligible=6, n_answered=6, thresholds=DEFAULT)


def test_a_shown_count_never_tells_of_one_who_answered_since() -> None:
    shown = 0
    for answered, expected in ((1, 0), (1, 0), (2, 2), (3, 2), (5, 5), (6, 5), (7, 7), (7, 7)):
        shown = shown_count(shown, answered)
        assert shown == expected


@given(data=st.lists(st.integers(0, 3), max_size=15))
def test_a_shown_count_moves_by_two_or_more_or_not_at_all(data: list[int]) -> None:
    shown, answered = 0, 0
    for more in data:
        answered += more
        before, shown = shown, shown_count(shown, answered)
        assert shown == before or shown - before >= 2
        assert answered - shown in {0, 1}


@pytest.mark.parametrize("item", ["p1", "p4"])
def test_a_median_that_would_tell_a_whole_cell_exactly_is_given_as_its_band(item: str) -> None:
    highest = 5 if item == "p1" else 10
    figures = _release({item: [1, 1, 2, *[highest] * 5]}, 8).figures
    shown = [figure for figure in figures if figure.item_id == item]
    assert [figure.statistic for figure in shown].count("median") == 0
    assert [figure.statistic for figure in shown].count("median_band") == 1


agreement = st.lists(st.integers(1, 5), max_size=40)
left_out = st.integers(0, 6)
thresholds_of = st.tuples(st.integers(5, 12), st.integers(0, 8)).map(
    lambda pair: Thresholds(pair[0], pair[0] + pair[1])
)


@given(agreement, left_out, thresholds_of)
def test_every_cell_holds_three_or_more(values: list[int], missing: int, thresholds: Thresholds) -> None:
    counts = [int(f.value or 0) for f in _p1(values, len(values) + missing, thresholds) if f.statistic == "band_count"]
    assert all(count >= 3 for count in counts)
    assert len(counts) != 1
    assert not counts or sum(counts) == len(values) >= thresholds.distribution


@given(agreement, left_out, thresholds_of, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(
    values: list[int], missing: int, thresholds: Thresholds, chance: random.Random
) -> None:
    shuffled = values.copy()
    chance.shuffle(shuffled)
    assert _p1(values, len(values) + missing, thresholds) == _p1(shuffled, len(values) + missing, thresholds)


@given(agreement, left_out, thresholds_of)
def test_nothing_but_one_uniform_row_is_shown_under_the_threshold(
    values: list[int], missing: int, thresholds: Thresholds
) -> None:
    figures = _p1(values, len(values) + missing, thresholds)
    quiet = _p1([], thresholds=thresholds)
    if len(values) < thresholds.median:
        assert figures == quiet
    assert figures == quiet or not any(figure.suppressed for figure in figures)


@given(agreement, st.integers(1, 2), thresholds_of)
def test_an_item_left_out_by_one_or_two_shows_no_exact_number(
    values: list[int], missing: int, thresholds: Thresholds
) -> None:
    n_answered = len(values) + missing
    figures = _p1(values, n_answered, thresholds)
    assert len(figures) == 1
    assert figures[0].statistic == "median_band"
    assert figures[0].suppressed or figures[0].n_item_at_least
    assert figures[0].suppressed or figures[0].n_item == max(n_answered - 2, thresholds.median)


@given(agreement, left_out, thresholds_of)
def test_good_news_and_bad_news_are_held_back_alike(values: list[int], missing: int, thresholds: Thresholds) -> None:
    mirrored = [6 - value for value in values]
    there = _p1(values, len(values) + missing, thresholds)
    back = _p1(mirrored, len(values) + missing, thresholds)
    assert there[0].suppressed == back[0].suppressed
    assert len(there) == len(back)


@given(agreement, left_out, thresholds_of)
def test_no_figure_comes_twice_and_each_was_declared(values: list[int], missing: int, thresholds: Thresholds) -> None:
    figures = _p1(values, len(values) + missing, thresholds)
    keys = [(figure.item_id, figure.statistic, figure.band) for figure in figures]
    assert len(set(keys)) == len(keys)
    assert {figure.statistic for figure in figures} <= set(PULSE.statistics)


@given(st.lists(st.integers(0, 10), min_size=5, max_size=20))
def test_one_items_answers_do_not_touch_anothers_figures(values: list[int]) -> None:
    alone = _release({"p1": [1, 2, 3, 4, 5]}, 20)
    beside = _release({"p1": [1, 2, 3, 4, 5], "p4": values}, 20)
    assert _of("p1", alone) == _of("p1", beside)
