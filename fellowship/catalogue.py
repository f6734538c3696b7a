"""The versioned data that the programme runs on: instruments, constructs, professions, purposes, zones, the notice.

Files in ``fellowship/data`` say what is asked and offered; this module reads each once, checks it, and hands out frozen
values. A file that contradicts itself raises :class:`CatalogueError` with a sentence that names the file.
"""

import enum
import functools
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, cast

Kind = Literal["scale", "open"]

OPEN = "open"
STATISTICS = ("median_band", "median", "band_count")
"""Every statistic that the disclosure engine can release for a wave."""

LICENCES = frozenset({"CC0-1.0"})
"""Licences under which wording may be shipped: none that asks for a fee or a permission."""

MOST_OPTIONS = 100
"""A Slack select menu holds 100 options: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element."""


class CatalogueError(Exception):
    """A data file contradicts itself or lacks something; the sentence names the file and what is wrong."""


class MissingCode(enum.IntEnum):
    """Why there is no value. The numbers are stored and exported, and never change."""

    NOT_ELIGIBLE = -1
    NO_RESPONSE = -2
    SKIPPED = -3
    NO_OPPORTUNITY = -4
    PREFER_NOT = -5
    ERASED = -6

    @property
    def label(self) -> str:
        """What a respondent reads; raises ValueError for a code that nobody can choose."""
        if self not in _OFFERED:
            raise ValueError(f"{self.name} is not something a respondent can choose")
        return _OFFERED[self]


_OFFERED = {
    MissingCode.NO_OPPORTUNITY: "No opportunity yet",
    MissingCode.PREFER_NOT: "Prefer not to say",
}


@dataclass(frozen=True)
class Option:
    """One answer that a scale offers."""

    value: int
    label: str


@dataclass(frozen=True)
class Band:
    """Neighbouring values of a scale that are reported as one, ``low`` and ``high`` included."""

    band_id: str
    label: str
    low: int
    high: int


@dataclass(frozen=True)
class Scale:
    """Options in rising order, and the bands that cover them without gap or overlap."""

    scale_id: str
    options: tuple[Option, ...]
    bands: tuple[Band, ...]
    anchors: str
    missing: tuple[MissingCode, ...]
    """The missing codes offered beside the options."""

    def band_of(self, value: int) -> Band:
        """The band that holds ``value``; raises ValueError, without the value, when it is not on the scale."""
        for band in self.bands:
            if band.low <= value <= band.high:
                return band
        raise ValueError(f"a value is not on the {self.scale_id} scale")


@dataclass(frozen=True)
class Item:
    """One question. ``scale`` is None exactly for an open item. A reworded item has a new id."""

    item_id: str
    version: str
    construct_id: str
    wording: str
    kind: Kind
    scale: Scale | None

    @property
    def scale_min(self) -> int | None:
        """The lowest value, or None for an open item."""
        return self.scale.options[0].value if self.scale else None

    @property
    def scale_max(self) -> int | None:
        """The highest value, or None for an open item."""
        return self.scale.options[-1].value if self.scale else None

    @property
    def anchors(self) -> str | None:
        """What the ends of the scale mean, in words; None for an open item."""
        return self.scale.anchors if self.scale else None


@dataclass(frozen=True)
class Instrument:
    """A versioned list of items, and the figures that it can yield, declared before a wave opens."""

    instrument_id: str
    version: str
    title: str
    items: tuple[Item, ...]
    licence: str
    release: str
    """What one release is computed on: ``wave``, the respondents of one wave."""
    statistics: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of its file and of its version: ``pulse-1``."""
        return f"{self.instrument_id}-{self.version}"

    def item(self, item_id: str) -> Item:
        """The item with that id; raises KeyError when the instrument has none."""
        for item in self.items:
            if item.item_id == item_id:
                return item
        raise KeyError(item_id)


@dataclass(frozen=True)
class Construct:
    """What items measure. ``level`` is Kirkpatrick's, or ``condition``."""

    construct_id: str
    name: str
    level: str


@dataclass(frozen=True)
class Profession:
    """A profession of the list that the deployment uses, with other names it is typed as."""

    profession_id: str
    label: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Purpose:
    """Something that a fellow may agree to, said in one sentence."""

    purpose_id: str
    label: str
    sentence: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the notice under its heading."""

    heading: str
    text: str


@dataclass(frozen=True)
class PrivacyNotice:
    """The notice shown before registration. Its paragraphs hold placeholders for what a deployment configures."""

    version: str
    title: str
    short: str
    paragraphs: tuple[Paragraph, ...]

    def filled(self, *, data_protection_contact: str, lawful_basis: str) -> tuple[Paragraph, ...]:
        """The paragraphs with the configured values in place of their placeholders."""
        return tuple(
            Paragraph(
                paragraph.heading,
                paragraph.text.format(data_protection_contact=data_protection_contact, lawful_basis=lawful_basis),
            )
            for paragraph in self.paragraphs
        )


INSTRUMENT_KEYS = ("pulse-1",)
"""The instruments that are shipped, the one to offer first at the front."""


@functools.cache
def instrument(key: str) -> Instrument:
    """The instrument ``key`` (``pulse-1``); raises KeyError when none of that name is shipped."""
    if key not in INSTRUMENT_KEYS:
        raise KeyError(key)
    read = read_instrument(f"{key}.toml", _read(f"{key}.toml"))
    if read.key != key:
        raise CatalogueError(f"{key}.toml calls itself {read.key}")
    return read


@functools.cache
def constructs() -> tuple[Construct, ...]:
    """The ten constructs, in the order in which they are reported."""
    rows = _rows("constructs-1.toml", "constructs")
    return tuple(Construct(row["id"], row["name"], row["level"]) for row in rows)


@functools.cache
def professions() -> tuple[Profession, ...]:
    """The professions that a fellow can choose, by label."""
    rows = _rows("professions-nhs-england-1.toml", "professions")
    return tuple(Profession(row["id"], row["label"], tuple(row["aliases"])) for row in rows)


@functools.cache
def purposes() -> tuple[Purpose, ...]:
    """What a fellow may agree to, in the order in which it is asked."""
    return tuple(Purpose(row["id"], row["label"], row["sentence"]) for row in _rows("purposes-1.toml", "purposes"))


@functools.cache
def zones() -> tuple[tuple[str, str], ...]:
    """The time zones offered in forms, as (IANA name, label), Europe/London first."""
    rows = _rows("zones-1.toml", "zones")
    unknown = [row["id"] for row in rows if row["id"] not in zoneinfo.available_timezones()]
    if unknown:
        raise CatalogueError(f"zones-1.toml names {unknown[0]}, which is no IANA time zone")
    return tuple((row["id"], row["label"]) for row in rows)


@functools.cache
def nations() -> tuple[tuple[str, str], ...]:
    """The nations whose bank holidays can apply, as (id, label)."""
    return tuple((row["id"], row["label"]) for row in _rows("nations-1.toml", "nations"))


@functools.cache
def privacy_notice() -> PrivacyNotice:
    """The notice in force."""
    name = "privacy-notice-1.toml"
    read = _read(name)
    paragraphs = tuple(Paragraph(row["heading"], row["text"]) for row in _needed(name, read, "paragraphs"))
    for paragraph in paragraphs:
        strange = set(re.findall(r"{([^}]*)}", paragraph.text)) - {"data_protection_contact", "lawful_basis"}
        if strange:
            raise CatalogueError(f"{name} asks for {{{min(strange)}}}, which no deployment configures")
    return PrivacyNotice(
        _needed(name, read, "version"), _needed(name, read, "title"), _needed(name, read, "short"), paragraphs
    )


def _read(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(resources.files("fellowship").joinpath("data", name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name} is not valid TOML: {error}") from error


def _rows(name: str, key: str) -> list[dict[str, Any]]:
    rows = cast("list[dict[str, Any]]", _needed(name, _read(name), key))
    _refuse_repeated(name, (row["id"] for row in rows))
    if len(rows) > MOST_OPTIONS:
        raise CatalogueError(f"{name} has more than {MOST_OPTIONS} rows, which is all that a Slack menu holds")
    return rows


def _needed(name: str, read: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - whatever TOML holds there
    if key not in read:
        raise CatalogueError(f"{name} has no '{key}'")
    return read[key]


def _refuse_repeated(name: str, ids: Iterable[str | int]) -> None:
    seen: set[str | int] = set()
    for each in ids:
        if each in seen:
            raise CatalogueError(f"{name} has '{each}' twice")
        seen.add(each)


def read_instrument(name: str, read: Mapping[str, Any]) -> Instrument:
    """The instrument in the TOML table ``read`` of the file ``name``; raises CatalogueError for what cannot be."""
    scales = {scale_id: _scale(name, scale_id, row) for scale_id, row in _needed(name, read, "scales").items()}
    known = {construct.construct_id for construct in constructs()}
    made = Instrument(
        instrument_id=_needed(name, read, "instrument_id"),
        version=_needed(name, read, "version"),
        title=_needed(name, read, "title"),
        items=tuple(_item(name, row, scales, known) for row in _needed(name, read, "items")),
        licence=_needed(name, read, "licence"),
        release=_needed(name, read, "release"),
        statistics=tuple(_needed(name, read, "statistics")),
    )
    _refuse_repeated(name, (item.item_id for item in made.items))
    if made.licence not in LICENCES:
        raise CatalogueError(f"{name} is under '{made.licence}', which may not be shipped")
    if made.release != "wave":
        raise CatalogueError(f"{name} declares the release '{made.release}', which is not known")
    if "median_band" not in made.statistics or not set(made.statistics) <= set(STATISTICS):
        raise CatalogueError(f"{name} must declare median_band, and no statistic but {', '.join(STATISTICS)}")
    return made


def _item(name: str, row: Mapping[str, Any], scales: Mapping[str, Scale], known: set[str]) -> Item:
    item_id, kind = _needed(name, row, "item_id"), _needed(name, row, "kind")
    if kind not in {"scale", OPEN}:
        raise CatalogueError(f"{name}: {item_id} is of the kind '{kind}', which is not known")
    if (kind == "scale") != ("scale" in row):
        raise CatalogueError(f"{name}: {item_id} must have a scale exactly if its kind is 'scale'")
    if kind == "scale" and row["scale"] not in scales:
        raise CatalogueError(f"{name}: {item_id} uses the scale '{row['scale']}', which the file does not have")
    construct_id = _needed(name, row, "construct_id")
    if construct_id not in (known if kind == "scale" else {*known, OPEN}):
        raise CatalogueError(f"{name}: {item_id} names the construct '{construct_id}', which is not known")
    return Item(
        item_id=item_id,
        version=_needed(name, row, "version"),
        construct_id=construct_id,
        wording=_needed(name, row, "wording"),
        kind=kind,
        scale=scales[row["scale"]] if kind == "scale" else None,
    )


def _scale(name: str, scale_id: str, row: Mapping[str, Any]) -> Scale:
    options = tuple(Option(each["value"], each["label"]) for each in _needed(name, row, "options"))
    bands = tuple(Band(each["id"], each["label"], each["low"], each["high"]) for each in _needed(name, row, "bands"))
    where = f"{name}: the {scale_id} scale"
    values = [option.value for option in options]
    if not values or values != list(range(values[0], values[0] + len(values))) or values[0] < 0:
        raise CatalogueError(f"{where} must rise by one from 0 or more: negative numbers are missing codes")
    _refuse_repeated(name, (option.label for option in options))
    if [value for band in bands for value in range(band.low, band.high + 1)] != values:
        raise CatalogueError(f"{where} has bands that do not cover every option exactly once")
    for band in bands:
        if band.band_id != (f"{band.low}-{band.high}" if band.low < band.high else f"{band.low}"):
            raise CatalogueError(f"{where} has a band '{band.band_id}' whose name is not what it covers")
    missing = tuple(MissingCode(code) for code in _needed(name, row, "missing"))
    if not set(missing) <= set(_OFFERED):
        raise CatalogueError(f"{where} offers a missing code that nobody can choose")
    return Scale(scale_id, options, bands, _needed(name, row, "anchors"), missing)
