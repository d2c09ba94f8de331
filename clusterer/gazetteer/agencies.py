"""The tables of sources: one row per agency, read from CSV that a linguist can review."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from clusterer.errors import InputError

TABLES = ("agencies.csv", "issuers.csv")
LANGUAGE_COLUMNS = ("ar", "fa", "ru", "tr", "he")
COLUMNS = (
    *("id", "kind", "origin_role", "country", "home_tz", "name_en", "en_variants"),
    *LANGUAGE_COLUMNS,
    *("other", "domains", "parent", "ambiguous", "ambiguous_forms", "disambiguation_hint"),
)


@dataclass(frozen=True, slots=True)
class Agency:
    """One row of the tables. ``names`` maps a language code to its spellings, best first.

    ``zone`` is an IANA name, None where unknown. ``domains`` are hosts, or a host and its
    first path segment (``t.me/farsna``). ``ambiguous_forms`` are spellings that are also
    common words and count only where a cue licenses them; one that ends in "!" is so common
    (a place, an everyday word) that it needs a noun or a label.
    """

    id: str
    kind: str
    origin_role: str
    country: str
    zone: str | None
    name: str
    names: Mapping[str, tuple[str, ...]]
    domains: tuple[str, ...] = ()
    parent: str | None = None
    ambiguous_forms: tuple[str, ...] = ()
    hint: str = ""

    @property
    def is_issuer(self) -> bool:
        """Whether it is a body whose own acts are news, never a medium."""
        return self.origin_role == "issuer"

    @property
    def is_carrier(self) -> bool:
        """Whether it only carries what others post: a social platform or a search engine."""
        return self.origin_role == "carrier_never_origin"

    @property
    def is_aggregator(self) -> bool:
        return self.origin_role == "never_origin"


def packaged_agencies() -> Iterator[Agency]:
    """The rows of the packaged tables, in table order."""
    for table in TABLES:
        path = resources.files("clusterer.data") / table
        for row in csv.DictReader(StringIO(path.read_text(encoding="utf-8"), newline="")):
            yield _agency(row)


def read_agencies(path: Path) -> list[Agency]:
    """The rows of a user's table. Raises InputError where it cannot be read or is wrong."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = {"id", "kind", "name_en"} - set(reader.fieldnames or ())
            if missing:
                raise InputError(f"{path}: missing columns {', '.join(sorted(missing))}")
            return [_checked(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: {error}") from None


def _checked(path: Path, line: int, row: Mapping[str, str | None]) -> Agency:
    filled = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not filled["id"] or not filled["name_en"]:
        raise InputError(f"{path}:{line}: a row needs an id and a name_en")
    if filled["home_tz"]:
        try:
            ZoneInfo(filled["home_tz"])
        except (KeyError, ValueError, OSError):
            raise InputError(
                f"{path}:{line}: home_tz {filled['home_tz']!r} is no IANA time zone"
            ) from None
    return _agency(filled)


def _agency(row: Mapping[str, str]) -> Agency:
    names = {"en": (row["name_en"], *_list(row["en_variants"]))}
    for language in LANGUAGE_COLUMNS:
        if row[language]:
            names[language] = _list(row[language])
    language = ""
    for item in _list(row["other"]):
        head, colon, form = item.partition(":")
        language, form = (head, form) if colon else (language, item)
        names[language] = (*names.get(language, ()), form)
    forms = _list(row["ambiguous_forms"])
    if row["ambiguous"] == "1" and not forms:
        forms = tuple(name for known in names.values() for name in known if " " not in name)
    return Agency(
        id=row["id"],
        kind=row["kind"],
        origin_role=row["origin_role"] or "origin_capable_if_first_hand",
        country=row["country"],
        zone=row["home_tz"] or None,
        name=row["name_en"],
        names=names,
        domains=_list(row["domains"]),
        parent=row["parent"] or None,
        ambiguous_forms=forms if row["ambiguous"] == "1" else (),
        hint=row["disambiguation_hint"],
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split("|") if item.strip())


def merged(known: Agency, more: Agency) -> Agency:
    """Two rows of one id: the names of both, and of the rest what ``more`` tells."""
    names = {
        language: tuple(
            dict.fromkeys((*more.names.get(language, ()), *known.names.get(language, ())))
        )
        for language in dict.fromkeys((*more.names, *known.names))
    }
    return replace(
        more,
        names=names,
        domains=tuple(dict.fromkeys((*more.domains, *known.domains))),
        country=more.country or known.country,
        zone=more.zone or known.zone,
        parent=more.parent or known.parent,
        ambiguous_forms=(*known.ambiguous_forms, *more.ambiguous_forms),
        hint=more.hint or known.hint,
    )
