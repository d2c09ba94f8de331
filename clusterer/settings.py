"""Every threshold once: its unit, why it is there, and where its value was measured."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from clusterer.errors import SettingsError


def setting(default: Any, *, unit: str, why: str, source: str, low: float, high: float) -> Any:
    """A field that knows its unit, reason, provenance and inclusive range."""
    told = {"unit": unit, "why": why, "source": source, "low": low, "high": high}
    return field(default=default, metadata=told)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run. Immutable; ``Settings.load`` reads TOML and keywords."""

    # reading: limits, each reported as a Rejected entry when it bites
    max_page_bytes: int = setting(
        20_000_000,
        unit="bytes",
        why="a news page is far smaller; larger files are dumps or attacks",
        source="chosen: the largest page of the measured sets is 0.2 MB",
        low=1_000,
        high=10_000_000_000,
    )
    max_line_chars: int = setting(
        2_000_000,
        unit="code points",
        why="one record or paragraph; bounds every regular expression",
        source="chosen",
        low=1_000,
        high=1_000_000_000,
    )

    max_file_bytes: int = setting(
        20_000_000_000,
        unit="bytes, unpacked",
        why="a stream of records is read line by line; a packed bomb must end somewhere",
        source="chosen: ten million records of 2 kB",
        low=1_000,
        high=10_000_000_000_000,
    )
    # what is taken of a page or an article; each is told under ``limits`` when it bites
    max_page_articles: int = setting(
        200,
        unit="articles",
        why="a page with more is a dump; the first are taken",
        source="chosen",
        low=1,
        high=1_000_000,
    )
    max_sentences: int = setting(
        1_000,
        unit="sentences of an article",
        why="the further ones are kept but not encoded; bounds memory and time",
        source="chosen",
        low=1,
        high=1_000_000,
    )
    encoded_sentences: int = setting(
        24,
        unit="sentences of an article",
        why="no later one is looked at: twelve are matched, twenty-four aligned with translations",
        source="matching/alignment.py and sources/translation.py; benchmarks/encoding.py --budget",
        low=1,
        high=1_000_000,
    )
    max_word_chars: int = setting(
        500,
        unit="code points",
        why="a sentence with a longer word (packed data, an attack) is not encoded",
        source="chosen",
        low=50,
        high=1_000_000_000,
    )
    max_credits: int = setting(
        500,
        unit="credits of an article",
        why="the first in text order are kept; judging an origin grows with their number",
        source="chosen",
        low=1,
        high=1_000_000,
    )
    max_credit_chars: int = setting(
        60_000,
        unit="code points of an article",
        why="no source is looked for beyond; a report names its sources earlier",
        source="chosen",
        low=1_000,
        high=1_000_000_000,
    )
    max_copies: int = setting(
        1_000,
        unit="articles with the very same words",
        why="the further ones are rejected: that many reprints are a flood, and pairs grow squared",
        source="chosen",
        low=1,
        high=1_000_000_000,
    )
    max_neighbours: int = setting(
        500,
        unit="articles that an article is compared with",
        why="of more that are alike some are drawn, the nearer the likelier: pairs would grow"
        " squared",
        source="chosen: benchmarks/hostile.py crowd, minutes and memory for 10,000 in one event",
        low=2,
        high=1_000_000_000,
    )

    # matching: which pairs are looked at, and which count
    candidate_hours: float = setting(
        96.0,
        unit="hours",
        why="reports of one event come out within this time of each other",
        source="stream and telegram: all same-event pairs within 11 hours; slow outlets take days",
        low=0.0,
        high=1e6,
    )
    candidate_similarity: float = setting(
        0.2,
        unit="cosine of centred document vectors",
        why="pairs below are not scored; bounds the work, costs recall",
        source="benchmarks/quality.py, candidate recall",
        low=-1.0,
        high=1.0,
    )
    candidate_headline: float = setting(
        0.3,
        unit="cosine of centred headline vectors",
        why="a second way in, for long articles that begin with the same news",
        source="benchmarks/quality.py, candidate recall",
        low=-1.0,
        high=1.0,
    )
    first_look: int = setting(
        1,
        unit="1: yes, 0: no",
        why="pairs that a table of both cosines and the hours calls hopeless are not scored",
        source="benchmarks/fit_glance.py, which prints what it costs",
        low=0,
        high=1,
    )
    pair_floor: float = setting(
        0.005,
        unit="probability",
        why="pairs below are forgotten: they can join nothing at any sensible cut",
        source="chosen: a fraction of the story cut",
        low=0.0,
        high=1.0,
    )
    event_cut: float = setting(
        0.145,
        unit="support of two groups: mean probability of the same event over their pairs",
        why="groups at or above it are one event; low, for pairs not scored count as 0",
        source="benchmarks/train_scorer.py: 36 windows out of fold, F1 flat from 0.12 to 0.18",
        low=0.0,
        high=1.0,
    )
    story_cut: float = setting(
        0.145,
        unit="support of two groups: mean probability of the same event over their pairs",
        why="groups at or above it are one story; never above event_cut",
        source="no set has stories: the founding pages lie apart at 0.14, together at 0.4",
        low=0.0,
        high=1.0,
    )

    @classmethod
    def load(cls, path: Path | None = None, **overrides: Any) -> Settings:
        """Defaults, then the TOML file's top-level keys, then keywords.

        Raises SettingsError for an unknown key, a wrong type or a value out of range.
        """
        told: dict[str, Any] = {}
        if path is not None:
            try:
                told = tomllib.loads(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                raise SettingsError(f"{path}: {error}") from None
        told.update(overrides)
        known = {item.name: item for item in fields(cls)}
        for name, value in told.items():
            if name not in known:
                raise SettingsError(f"unknown setting {name!r}; known: {', '.join(known)}")
            _check(name, value, known[name].default, known[name].metadata)
        return replace(cls(), **told)

    def told(self) -> dict[str, float | int | str]:
        """Plain values, in declaration order, for the contract."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


def _check(name: str, value: Any, default: Any, told: Any) -> None:
    kind = type(default)
    right = isinstance(value, kind) or (kind is float and isinstance(value, int))
    if not right or isinstance(value, bool):
        raise SettingsError(f"setting {name} must be {kind.__name__}, not {value!r}")
    if not told["low"] <= value <= told["high"]:
        raise SettingsError(
            f"setting {name} must lie between {told['low']} and {told['high']}, not {value}"
        )
