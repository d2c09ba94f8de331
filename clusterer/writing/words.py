"""The words of the interface, and numbers, dates and names said in its language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from clusterer.errors import InputError
from clusterer.writing.views import Json, instant

LANGUAGES = ("en", "fa", "ar")


@dataclass(frozen=True, slots=True)
class Words:
    """One interface language; ``words["origin"]`` is what people read."""

    language: str
    table: Mapping[str, Any]

    def __getitem__(self, key: str) -> str:
        word: str = self.table[key]
        return word

    def number(self, value: int | float | str) -> str:
        return str(value).translate(str.maketrans("0123456789", self["digits"]))

    def percent(self, share: float) -> str:
        return self["percent"].format(self.number(round(share * 100)))

    def language_name(self, code: str) -> str:
        name: str = self.table["languages"].get(code, code)
        return name

    def moment(self, iso: str | None, precision: str = "minute") -> str:
        """An instant as people say it, no finer than its precision; times are UTC."""
        if iso is None:
            return self["time_unknown"]
        at = instant(iso)
        year, month, day = at.year, at.month, at.day
        if self["calendar"] == "jalali":
            from persiantools.jdatetime import JalaliDate

            date = JalaliDate(at.date())  # type: ignore[no-untyped-call]
            year, month, day = date.year, date.month, date.day
        said = {
            "year": f"{year}",
            "month": f"{self.table['months'][month - 1]} {year}",
        }.get(precision, f"{day} {self.table['months'][month - 1]} {year}")
        if precision in ("second", "minute", "hour"):
            said += f" {at:%H:%M} UTC"
        return self.number(said)

    def published(self, article: Json) -> str:
        published = article["published"]
        if published is None:
            return self["time_unknown"]
        return self.moment(published["at"], published["precision"])

    def agency(self, id: str) -> str:
        """An agency's or issuer's name in this language, its first name otherwise, else its id."""
        return self.agency_name(id) or id

    def outlet(self, name: str) -> str:
        """An outlet's name in this language, where it is listed; else as it is."""
        return _outlet_names(self.language).get(name, name)

    def agency_name(self, id: str) -> str | None:
        """The same, None where nothing is known of it."""
        return _agency_names(self.language).get(id)


@cache
def _outlet_names(language: str) -> Mapping[str, str]:
    from clusterer.gazetteer import Gazetteer

    names = _agency_names(language)
    return {agency.name: names[agency.id] for agency in Gazetteer.load()}


@cache
def words(language: str) -> Words:
    """The interface in ``language``, one of LANGUAGES. Raises InputError for any other."""
    if language not in LANGUAGES:
        raise InputError(f"no interface in {language!r}; known: {', '.join(LANGUAGES)}")
    place = resources.files("clusterer.writing").joinpath("messages", f"{language}.json")
    return Words(language, json.loads(place.read_text("utf-8")))


@cache
def _agency_names(language: str) -> Mapping[str, str]:
    from clusterer.gazetteer import Gazetteer

    return {
        agency.id: next(iter(agency.names.get(language, ())), agency.name)
        for agency in Gazetteer.load()
    }
