"""An attacker who knows the design, every released figure and some answers, and lists every world that fits them."""

import dataclasses
import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from fellowship import catalogue
from fellowship.rules.disclosure import Figure, Thresholds, release_wave

Answers = tuple[int, ...]
"""What everyone who answered gave to one item, in rising order; LEFT_OUT for a missing code."""

LEFT_OUT = -1
AGREEMENT = (LEFT_OUT, 1, 2, 3, 4, 5)
# The ends of each band of the 0-10 scale: what happens between them cannot differ from what happens at them.
CONFIDENCE = (LEFT_OUT, 0, 3, 4, 6, 7, 10)
OFFERED = {"p1": AGREEMENT, "p4": CONFIDENCE}


@functools.cache
def _alone(item_id: str) -> catalogue.Instrument:
    pulse = catalogue.instrument("pulse-1")
    return dataclasses.replace(pulse, items=(pulse.item(item_id),))


def released(item_id: str, answers: Sequence[int], thresholds: Thresholds) -> tuple[Figure, ...]:
    """What the engine shows of one item when these people answered the wave."""
    values = [answer for answer in answers if answer != LEFT_OUT]
    release = release_wave(
        _alone(item_id), {item_id: values}, n_eligible=12, n_answered=len(answers), thresholds=thresholds
    )
    return release.figures


def band_of(item_id: str, answer: int) -> str | None:
    """The band of an answer; None for one that was left out."""
    scale = catalogue.instrument("pulse-1").item(item_id).scale
    assert scale is not None
    return None if answer == LEFT_OUT else scale.band_of(answer).band_id


def sides(item_id: str, world: Answers) -> set[str | None]:
    """The bands in which a world's people stand, None among them if somebody left the item out."""
    return {band_of(item_id, answer) for answer in world}


@functools.cache
def worlds(item_id: str, n_answered: int, thresholds: Thresholds) -> dict[tuple[Figure, ...], list[Answers]]:
    """Everything that can have been answered, by what would be released."""
    found: dict[tuple[Figure, ...], list[Answers]] = defaultdict(list)
    for world in itertools.combinations_with_replacement(OFFERED[item_id], n_answered):
        found[released(item_id, world, thresholds)].append(world)
    return dict(found)


def others(fitting: Collection[Answers], known: Answers) -> Iterator[Answers]:
    """What the others can have answered, for somebody who knows ``known`` among the worlds that fit a release."""
    wanted = Counter(known)
    for world in fitting:
        held = Counter(world)
        if held >= wanted:
            yield tuple(sorted((held - wanted).elements()))


def betrayed(item_id: str, fitting: Collection[Answers], known: Answers) -> str | None:
    """The band in which every other person is certain to stand, or None when there is no certainty.

    The others are alike to the attacker: whoever of them can stand in two places in one world, or in different places
    in two, is not known. Whoever left the item out stands in no band.
    """
    possible: set[str | None] = set()
    for rest in others(fitting, known):
        possible |= sides(item_id, rest)
        if len(possible) > 1:
            return None
    return possible.pop() if possible else None


def smallest_coalition(item_id: str, n_answered: int, thresholds: Thresholds) -> int:
    """How many must pool their answers before, in some world, they know the band of a colleague for certain."""
    for size in range(n_answered):
        for known in itertools.combinations_with_replacement(OFFERED[item_id], size):
            if any(betrayed(item_id, fitting, known) for fitting in worlds(item_id, n_answered, thresholds).values()):
                return size
    return n_answered
