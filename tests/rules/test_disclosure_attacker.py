import itertools
import random
from collections import Counter

import pytest

from fellowship import catalogue
from fellowship.rules.disclosure import Figure, Thresholds
from tests.rules.attacker import (
    LEFT_OUT,
    OFFERED,
    Answers,
    band_of,
    betrayed,
    others,
    released,
    sides,
    smallest_coalition,
    worlds,
)

DEFAULT = Thresholds()
STRICTER = [Thresholds(5, 5), Thresholds(6, 8), Thresholds(7, 8), Thresholds(8, 8), Thresholds(5, 9)]


def _everything(
    item_id: str, n_answered: int, thresholds: Thresholds
) -> list[tuple[tuple[Figure, ...], list[Answers]]]:
    return list(worlds(item_id, n_answered, thresholds).items())


def _is_not_shown(release: tuple[Figure, ...]) -> bool:
    return len(release) == 1 and release[0].suppressed


def _assert_nobody_is_betrayed_to_one(item_id: str, n_answered: int, thresholds: Thresholds) -> None:
    for release, fitting in _everything(item_id, n_answered, thresholds):
        assert betrayed(item_id, fitting, ()) is None, release
        for own in OFFERED[item_id]:
            assert betrayed(item_id, fitting, (own,)) is None, (own, release)


@pytest.mark.parametrize("n_answered", range(3, 9))
@pytest.mark.parametrize("item_id", ["p1", "p4"])
def test_nobody_who_knows_their_own_answer_learns_a_colleagues_band(item_id: str, n_answered: int) -> None:
    _assert_nobody_is_betrayed_to_one(item_id, n_answered, DEFAULT)


@pytest.mark.parametrize("thresholds", STRICTER, ids=str)
@pytest.mark.parametrize("n_answered", range(5, 10))
def test_no_permitted_threshold_betrays_anybody_to_one_colleague(n_answered: int, thresholds: Thresholds) -> None:
    _assert_nobody_is_betrayed_to_one("p1", n_answered, thresholds)


@pytest.mark.long
@pytest.mark.parametrize("n_answered", range(9, 13))
@pytest.mark.parametrize("item_id", ["p1", "p4"])
def test_nobody_in_the_largest_cohorts_learns_a_colleagues_band(item_id: str, n_answered: int) -> None:
    _assert_nobody_is_betrayed_to_one(item_id, n_answered, DEFAULT)


@pytest.mark.parametrize(("n_answered", "needed"), [(5, 2), (6, 3), (7, 3), (8, 3), (9, 3)])
def test_two_can_betray_only_when_exactly_five_answered(n_answered: int, needed: int) -> None:
    # The limit that is not promised away: k protect each other as k - 1, against one. Five who all answered protect
    # nobody from two who stood together; where more answered it takes three.
    assert smallest_coalition("p1", n_answered, DEFAULT) == needed


@pytest.mark.parametrize("size", [3, 4])
def test_a_median_of_three_or_four_would_betray_everyone_to_one_colleague(size: int) -> None:
    # Why the threshold of a median cannot be set to 3 or 4: the low median's band, released at that size, is enough.
    scale = catalogue.instrument("pulse-1").item("p1").scale
    assert scale is not None
    medians = {
        world: scale.band_of(world[(size - 1) // 2]).band_id
        for world in itertools.combinations_with_replacement(range(1, 6), size)
    }
    agreed = [world for world, band in medians.items() if band == "4-5"]
    assert betrayed("p1", agreed, (1,)) == "4-5"


@pytest.mark.parametrize("n_answered", range(5, 11))
def test_silence_does_not_tell_unanimity_from_too_few(n_answered: int) -> None:
    quiet = [fitting for release, fitting in _everything("p1", n_answered, DEFAULT) if _is_not_shown(release)]
    assert len(quiet) == 1, "whatever is not shown looks the same"
    for own in OFFERED["p1"]:
        rests = list(others(quiet[0], (own,)))
        few = [rest for rest in rests if sum(answer != LEFT_OUT for answer in (*rest, own)) < DEFAULT.median]
        assert any(len(sides("p1", rest) - {None}) > 1 for rest in few), "too few, and of different minds, fits"


def test_unanimity_of_eight_is_not_shown() -> None:
    agreed = released("p1", [4] * 8, DEFAULT)
    assert agreed == released("p1", [1, 3, 5, 5, *[LEFT_OUT] * 4], DEFAULT)
    assert _is_not_shown(agreed)


@pytest.mark.parametrize("n_answered", range(5, 11))
@pytest.mark.parametrize("item_id", ["p1", "p4"])
def test_no_release_proves_that_the_others_are_of_one_mind(item_id: str, n_answered: int) -> None:
    for release, fitting in _everything(item_id, n_answered, DEFAULT):
        for own in OFFERED[item_id]:
            rests = list(others(fitting, (own,)))
            assert not rests or any(len(sides(item_id, rest)) > 1 for rest in rests), (own, release)


@pytest.mark.parametrize("thresholds", [DEFAULT, *STRICTER], ids=str)
@pytest.mark.parametrize("n_answered", range(5, 11))
def test_no_release_tells_that_exactly_one_or_exactly_two_left_an_item_out(
    n_answered: int, thresholds: Thresholds
) -> None:
    for release, fitting in _everything("p1", n_answered, thresholds):
        left_out = {world.count(LEFT_OUT) for world in fitting}
        assert left_out not in ({1}, {2}), release


@pytest.mark.parametrize("n_answered", range(5, 11))
@pytest.mark.parametrize("item_id", ["p1", "p4"])
def test_no_release_tells_how_many_stand_in_a_band_that_was_merged(item_id: str, n_answered: int) -> None:
    scale = catalogue.instrument("pulse-1").item(item_id).scale
    assert scale is not None
    for release, fitting in _everything(item_id, n_answered, DEFAULT):
        published = {figure.band for figure in release if figure.statistic == "band_count"}
        for band in scale.bands:
            sizes = {sum(band_of(item_id, answer) == band.band_id for answer in world) for world in fitting}
            assert band.band_id in published or len(sizes) > 1, (band, release)


def _histories(seed: int, how_many: int) -> int:
    """Random cohorts over several waves, people joining and leaving, most keeping their minds from wave to wave.

    Returns how often two waves could be subtracted.
    """
    chance = random.Random(seed)  # noqa: S311 - a history to attack, not a secret
    subtracted = 0
    for _ in range(how_many):
        minds = {person: chance.choice(OFFERED["p1"]) for person in range(chance.randint(5, 10))}
        observer = 0
        past: list[Counter[str]] = []
        for _ in range(chance.randint(2, 5)):
            _attack_one_wave(minds, observer)
            past.append(_counts(released("p1", list(minds.values()), DEFAULT)))
            subtracted += _attack_difference(past, minds, observer)
            _next_wave(chance, minds)
    return subtracted


def _next_wave(chance: random.Random, minds: dict[int, int]) -> None:
    for person in minds:
        if chance.random() < 0.2:  # one in five changes their mind, or leaves the item out
            minds[person] = chance.choice(OFFERED["p1"])
    if chance.random() < 0.5 and len(minds) > 5:
        del minds[max(minds)]
    if chance.random() < 0.5 and len(minds) < 10:
        minds[max(minds) + 1] = chance.choice(OFFERED["p1"])


def _attack_one_wave(minds: dict[int, int], observer: int) -> None:
    fitting = worlds("p1", len(minds), DEFAULT)[released("p1", list(minds.values()), DEFAULT)]
    assert tuple(sorted(minds.values())) in fitting
    assert betrayed("p1", fitting, (minds[observer],)) is None


def _counts(release: tuple[Figure, ...]) -> Counter[str]:
    return Counter({figure.band: int(figure.value or 0) for figure in release if figure.statistic == "band_count"})


def _attack_difference(past: list[Counter[str]], minds: dict[int, int], observer: int) -> bool:
    """Subtract two waves that list the same cells: who left or came 'must' be the difference. It need not be."""
    if len(past) < 2 or not past[-1] or past[-1].keys() != past[-2].keys():
        return False
    guesses = {cell for cell in past[-1] if past[-1][cell] != past[-2][cell]}
    fitting = worlds("p1", len(minds), DEFAULT)[released("p1", list(minds.values()), DEFAULT)]
    for cell in guesses:
        low, _, high = cell.partition("-")
        inside = set(range(int(low), int(high or low) + 1))
        # For whichever colleague the guess is about there is a world with the same release where it is wrong.
        assert any(set(rest) - inside for rest in others(fitting, (minds[observer],)))
    return bool(guesses)


def test_a_thousand_histories_of_joiners_and_leavers_isolate_nobody() -> None:
    assert _histories(seed=20260301, how_many=1_000) > 50, "the attack was mounted"


@pytest.mark.long
def test_a_hundred_thousand_histories_of_joiners_and_leavers_isolate_nobody() -> None:
    assert _histories(seed=20260302, how_many=100_000) > 5_000, "the attack was mounted"


def test_someone_who_assumes_that_nobody_changed_their_mind_can_only_guess() -> None:
    # Nine answer, the ninth leaves, eight answer. Subtracting says that the leaver agreed. In the second history the
    # leaver disagreed, somebody else came round, and everything released is the same.
    stayed_first, leaver_agreed = [1, 2, 3, 3, 3, 4, 4, 4], 4
    stayed_second = [1, 2, 3, 3, 3, 4, 4, 4]
    changed_first, leaver_disagreed = [1, 3, 3, 3, 4, 4, 4, 4], 2
    first = released("p1", [*stayed_first, leaver_agreed], DEFAULT)
    second = released("p1", stayed_second, DEFAULT)
    assert _counts(first) - _counts(second) == Counter({"4-5": 1})
    assert released("p1", [*changed_first, leaver_disagreed], DEFAULT) == first
