import copy
import dataclasses
import tomllib
from importlib import resources
from typing import Any

import pytest

from fellowship import catalogue
from fellowship.catalogue import CatalogueError, MissingCode

EN_DASH = "\u2013"
QUESTION = "How confident are you that you could lead people who do not report to you, even if some are unconvinced?"
WORDINGS = {
    "p1": (
        "WPB",
        "Since the last pulse, the fellowship has taken me beyond my own profession or usual part of the organisation.",
    ),
    "p2": (
        "LOF",
        "Since the last pulse, I have taken on something that stretched me further than I would have gone before.",
    ),
    "p3": ("BTR", "My project has moved forward in a way I could show someone else."),
    "p4": (
        "LSE",
        f"{QUESTION} (0{EN_DASH}10)",
    ),
    "p5": ("SUP", "I get the guidance and backing I need for my fellowship."),
    "p6": ("PTM", "I have been able to protect my fellowship time."),
    "p7": ("WEL", "My total workload across my roles feels manageable."),
    "p8": ("open", "What most helped or got in the way? (No names, patients, or anything said in a set.)"),
}


def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files("fellowship").joinpath("data", "pulse-1.toml").read_text(encoding="utf-8"))


def test_the_pulse_asks_the_published_words() -> None:
    pulse = catalogue.instrument("pulse-1")
    assert {item.item_id: (item.construct_id, item.wording) for item in pulse.items} == WORDINGS
    assert [item.item_id for item in pulse.items] == list(WORDINGS)


def test_the_pulse_says_what_it_is_and_what_it_can_yield() -> None:
    pulse = catalogue.instrument("pulse-1")
    assert (pulse.key, pulse.instrument_id, pulse.version) == ("pulse-1", "pulse", "1")
    assert pulse.licence == "CC0-1.0"
    assert pulse.release == "wave"
    assert pulse.statistics == ("median_band", "median", "band_count")


def test_agreement_and_confidence_have_the_published_options_and_bands() -> None:
    pulse = catalogue.instrument("pulse-1")
    agreement, confidence = pulse.item("p1").scale, pulse.item("p4").scale
    assert agreement is not None
    assert confidence is not None
    assert [option.label for option in agreement.options] == [
        "Strongly disagree",
        "Disagree",
        "Neither",
        "Agree",
        "Strongly agree",
    ]
    assert [(band.low, band.high) for band in agreement.bands] == [(1, 2), (3, 3), (4, 5)]
    assert [(band.low, band.high) for band in confidence.bands] == [(0, 3), (4, 6), (7, 10)]
    assert [option.value for option in confidence.options] == list(range(11))
    assert {item.scale for item in pulse.items if item.item_id in {"p1", "p2", "p3", "p5", "p6", "p7"}} == {agreement}
    for scale in (agreement, confidence):
        assert scale.missing == (MissingCode.NO_OPPORTUNITY, MissingCode.PREFER_NOT)


def test_every_value_has_its_band_and_no_other_value_has_one() -> None:
    scale = catalogue.instrument("pulse-1").item("p4").scale
    assert scale is not None
    assert [scale.band_of(value).band_id for value in (0, 3, 4, 6, 7, 10)] == [
        "0-3",
        "0-3",
        "4-6",
        "4-6",
        "7-10",
        "7-10",
    ]
    with pytest.raises(ValueError, match="not on the confidence scale") as refused:
        scale.band_of(77)
    assert "77" not in str(refused.value)


def test_an_item_tells_its_ends_and_an_open_one_has_none() -> None:
    pulse = catalogue.instrument("pulse-1")
    scored, words = pulse.item("p4"), pulse.item("p8")
    assert (scored.scale_min, scored.scale_max) == (0, 10)
    assert scored.anchors == "0 = Not at all, 10 = Completely confident"
    assert (words.kind, words.scale, words.scale_min, words.scale_max, words.anchors) == (
        "open",
        None,
        None,
        None,
        None,
    )


def test_an_unknown_instrument_or_item_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="pulse-99"):
        catalogue.instrument("pulse-99")
    with pytest.raises(KeyError, match="constructs-1"):
        catalogue.instrument("constructs-1")
    with pytest.raises(KeyError, match="p9"):
        catalogue.instrument("pulse-1").item("p9")


def test_an_instrument_can_key_a_cache() -> None:
    assert hash(catalogue.instrument("pulse-1")) == hash(catalogue.instrument("pulse-1"))


def test_missing_codes_keep_their_numbers_and_two_can_be_chosen() -> None:
    assert {code.name: int(code) for code in MissingCode} == {
        "NOT_ELIGIBLE": -1,
        "NO_RESPONSE": -2,
        "SKIPPED": -3,
        "NO_OPPORTUNITY": -4,
        "PREFER_NOT": -5,
        "ERASED": -6,
    }
    assert MissingCode.NO_OPPORTUNITY.label == "No opportunity yet"
    assert MissingCode.PREFER_NOT.label == "Prefer not to say"
    with pytest.raises(ValueError, match="ERASED is not something"):
        _ = MissingCode.ERASED.label


def test_there_are_ten_constructs_and_every_scored_item_has_one() -> None:
    known = {construct.construct_id for construct in catalogue.constructs()}
    assert known == {"WPB", "LOF", "BTR", "LSE", "LID", "SUP", "PTM", "WEL", "ALS", "ORG"}
    assert {item.construct_id for item in catalogue.instrument("pulse-1").items if item.scale} <= known


def test_there_are_fourteen_professions_and_a_chiropodist_is_a_podiatrist() -> None:
    professions = catalogue.professions()
    assert len(professions) == 14
    assert [each.label for each in professions] == sorted(each.label for each in professions)
    assert "chiropodist" in next(each for each in professions if each.profession_id == "podiatrist").aliases


def test_no_name_of_a_profession_is_another_ones_alias() -> None:
    names = [
        name.casefold() for each in catalogue.professions() for name in (each.profession_id, each.label, *each.aliases)
    ]
    own = {each.label.casefold() for each in catalogue.professions() if each.label.casefold() == each.profession_id}
    assert sorted(names) == sorted([*set(names), *own])


def test_each_purpose_has_an_id_and_one_sentence() -> None:
    purposes = catalogue.purposes()
    assert [purpose.purpose_id for purpose in purposes] == [
        "evaluation",
        "participatory-release",
        "quotation",
        "publication",
        "follow-up",
        "extract",
    ]
    assert all(purpose.sentence.endswith(".") and purpose.sentence.count(".") == 1 for purpose in purposes)
    # An option's description in a form: https://docs.slack.dev/reference/block-kit/composition-objects/option-object
    assert all(len(purpose.label) <= 75 for purpose in purposes)


def test_forms_offer_up_to_forty_zones_london_first_and_the_four_nations() -> None:
    assert catalogue.zones()[0][0] == "Europe/London"
    assert len(catalogue.zones()) <= 40
    assert dict(catalogue.nations()) == {
        "england": "England",
        "wales": "Wales",
        "scotland": "Scotland",
        "northern-ireland": "Northern Ireland",
    }


def test_the_notice_says_what_is_configured_and_keeps_no_placeholder() -> None:
    notice = catalogue.privacy_notice()
    filled = notice.filled(data_protection_contact="Ola {Bright}", lawful_basis="a public task")
    whole = " ".join(paragraph.text for paragraph in filled)
    assert notice.version == "1"
    assert "Ola {Bright}" in whole
    assert "a public task" in whole
    assert "{data_protection_contact}" not in whole
    assert "{lawful_basis}" not in whole


@pytest.mark.parametrize(
    "promise",
    [
        "confidential, not anonymous",
        "colleagues who answered know their own answer",
        "holds the database file, or exports direct messages from slack",
        "ask the data-protection contact",
        "never fewer than five",
        "never who",
    ],
)
def test_the_notice_says_what_must_be_said(promise: str) -> None:
    notice = catalogue.privacy_notice()
    whole = " ".join([*(f"{each.heading} {each.text}" for each in notice.paragraphs), notice.short])
    assert promise in whole.lower()


def test_the_notice_claims_nothing_that_the_product_does_not_keep() -> None:
    notice = catalogue.privacy_notice()
    claims = " ".join(paragraph.text for paragraph in notice.paragraphs).lower()
    assert "anonymous" not in claims


def test_the_values_cannot_be_changed() -> None:
    pulse = catalogue.instrument("pulse-1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        pulse.title = "another"  # type: ignore[misc] # the point of the test


BROKEN: list[tuple[list[str | int], object, str]] = [
    (["items", 1, "item_id"], "p1", "has 'p1' twice"),
    (["items", 0, "scale"], "mood", "uses the scale 'mood'"),
    (["items", 0, "construct_id"], "XYZ", "names the construct 'XYZ'"),
    (["items", 0, "construct_id"], "open", "names the construct 'open'"),
    (["items", 0, "kind"], "ranking", "of the kind 'ranking'"),
    (["items", 7, "kind"], "scale", "must have a scale exactly"),
    (["items", 0, "kind"], "open", "must have a scale exactly"),
    (["licence"], "all rights reserved", "may not be shipped"),
    (["release"], "person", "release 'person'"),
    (["statistics"], ["mean"], "must declare median_band"),
    (["statistics"], ["median_band", "mean"], "no statistic but"),
    (["scales", "agreement", "bands", 0, "high"], 1, "do not cover every option exactly once"),
    (["scales", "agreement", "bands", 0, "high"], 3, "do not cover every option exactly once"),
    (["scales", "agreement", "bands", 2, "high"], 6, "do not cover every option exactly once"),
    (["scales", "agreement", "bands", 0, "id"], "low", "whose name is not what it covers"),
    (["scales", "agreement", "options", 0, "value"], 0, "must rise by one"),
    (["scales", "agreement", "options", 0, "label"], "Agree", "has 'Agree' twice"),
    (["scales", "agreement", "missing"], [-6], "a missing code that nobody can choose"),
]


@pytest.mark.parametrize(("where", "value", "sentence"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_file_that_contradicts_itself_is_refused_by_name(where: list[Any], value: object, sentence: str) -> None:
    broken: Any = copy.deepcopy(_file())
    place = broken
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    with pytest.raises(CatalogueError, match=sentence) as refused:
        catalogue.read_instrument("pulse-1.toml", broken)
    assert str(refused.value).startswith("pulse-1.toml")


@pytest.mark.parametrize("key", ["licence", "items", "scales", "statistics", "release", "version"])
def test_a_file_that_lacks_something_is_refused(key: str) -> None:
    broken = _file()
    del broken[key]
    with pytest.raises(CatalogueError, match=f"has no '{key}'"):
        catalogue.read_instrument("pulse-1.toml", broken)
