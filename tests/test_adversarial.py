"""News made to mislead: what happens, attack by attack; the table stands in docs/threats.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clusterer import Event, Result, cluster

Record = dict[str, Any]

BODY = (
    "A road bridge collapsed into the harbour of Karsa early on Monday, injuring 12 people, the "
    "mayor Pavel Doran said. Rescue teams pulled three cars out of the water before noon. The "
    "bridge was built in 1964 and had been closed to lorries since March. Investigators have begun "
    "to question the company that repaired it last year."
)
BRIDGE = {
    "id": "bridge",
    "title": "Bridge collapse in Karsa injures 12 people",
    "text": BODY,
    "outlet": "Karsa Daily",
    "published": "2026-06-01T06:00:00Z",
}
AGAIN = {
    "id": "again",
    "title": "Twelve hurt as bridge falls into Karsa harbour",
    "text": "Twelve people were hurt when a bridge fell into the harbour of Karsa on Monday "
    "morning, mayor Pavel Doran said. Three cars were pulled out of the water.",
    "outlet": "Coast Radio",
    "published": "2026-06-01T07:30:00Z",
}
BANK = {
    "id": "bank",
    "title": "Central bank of Ostland raises interest rates to 9 percent",
    "text": "The central bank of Ostland raised its key interest rate to 9 percent on Monday, the "
    "governor Lena Marsh told reporters. Inflation reached 11 percent in May, the highest figure "
    "in eight years. Economists had expected a smaller step. The next meeting is due in July.",
    "outlet": "Ostland Post",
    "published": "2026-06-01T08:00:00Z",
}
AGENCIES = (
    *(
        "Reuters",
        "AFP",
        "TASS",
        "Anadolu",
        "Xinhua",
        "IRNA",
        "Mehr News Agency",
        "KCNA",
        "Interfax",
    ),
    *("DPA", "ANSA", "EFE", "Yonhap", "Kyodo", "PTI", "SANA", "WAFA", "MENA", "Tasnim", "AP"),
)


def forged(at: str = "2026-06-01T08:00:00Z", **turned: tuple[str, str]) -> Record:
    """A copy of the report with words replaced, by an outlet that nobody knows."""
    made = {**BRIDGE, "id": "forged", "outlet": "Free Truth", "published": at}
    for field, (old, new) in turned.items():
        assert old in made[field]
        made[field] = made[field].replace(old, new)
    return made


def told(tmp_path: Path, *records: Record) -> Result:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (tmp_path / "in.jsonl").write_text(lines, "utf-8")
    result = cluster(tmp_path / "in.jsonl")
    assert len(result.articles) + len(result.rejected) == len(records)
    return result


def event_of(result: Result, id: str) -> Event:
    return next(event for event in result.events if id in event.articles)


@pytest.mark.parametrize(
    "turned",
    [
        {"title": ("12", "45"), "text": ("12 people", "45 people")},
        {"text": ("Pavel Doran", "Victor Hale")},
        {"title": ("Karsa", "Mundel"), "text": ("Karsa", "Mundel")},
    ],
    ids=["number", "name", "place"],
)
def test_a_copy_with_a_changed_fact_is_another_text_on_the_same_event(
    tmp_path: Path, turned: dict[str, tuple[str, str]]
) -> None:
    event = event_of(told(tmp_path, BRIDGE, forged(**turned)), "bridge")
    assert set(event.articles) == {"bridge", "forged"}
    assert event.copy_groups["bridge"] != event.copy_groups["forged"]
    assert event.independent_source_count == 2


@pytest.mark.parametrize(
    ("at", "turned", "words"),
    [
        ("2026-06-01T08:00:00Z", ("last year.", "last year.\nSource: Reuters"), "Source: Reuters"),
        ("2026-06-01T05:00:00Z", ("A road", "KARSA, June 1 (Reuters) - A road"), "(Reuters)"),
    ],
    ids=["source line", "dateline"],
)
def test_a_forged_credit_is_a_claim_with_its_words_and_never_sure(
    tmp_path: Path, at: str, turned: tuple[str, str], words: str
) -> None:
    """What one unknown outlet says of its source is told as said, by whom, and not as certain."""
    event = event_of(told(tmp_path, BRIDGE, AGAIN, forged(at, text=turned)), "bridge")
    origin = event.origin
    assert origin.status in ("probable", "possible", "undetermined")
    assert origin.confidence < 0.75
    assert all(proof.article == "forged" for proof in origin.evidence)
    assert any(words in proof.words for proof in origin.evidence)
    assert event.independent_source_count == 2


@pytest.mark.parametrize("at", ["2099-01-01T00:00:00Z", "1901-01-01T00:00:00Z"])
def test_a_report_dated_far_away_leaves_the_others_as_they_were(tmp_path: Path, at: str) -> None:
    result = told(tmp_path, BRIDGE, AGAIN, forged(at))
    assert event_of(result, "forged").articles == ("forged",)
    assert event_of(result, "bridge").origin.first_publisher == "bridge"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-1", "31/31/2026"])
def test_a_date_that_cannot_be_is_no_date(tmp_path: Path, at: str) -> None:
    result = told(tmp_path, BRIDGE, AGAIN, forged(at))
    assert result.articles["forged"].published is None
    event = event_of(result, "bridge")
    assert event.origin.article != "forged"
    assert event.origin.first_publisher != "forged"


def test_a_clock_set_back_claims_the_first_word_but_not_for_sure(tmp_path: Path) -> None:
    origin = event_of(
        told(tmp_path, BRIDGE, AGAIN, forged("2026-05-31T23:00:00Z")), "bridge"
    ).origin
    assert origin.status != "origin"
    assert origin.confidence < 0.8


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("Reu\u200bters", "reuters"),
        ("R\u00adeuters", "reuters"),
        ("R\u0435uters", None),
        ("\u202esretueR\u202c", None),
    ],
    ids=["zero width", "soft hyphen", "Cyrillic letter", "turned round"],
)
def test_a_disguised_name_is_the_agency_or_nobody(
    tmp_path: Path, name: str, agency: str | None
) -> None:
    said = ("last year.", f"last year. This was reported by {name}.")
    result = told(tmp_path, BRIDGE, forged(text=said))
    found = {credit.agency for credit in result.credits["forged"]}
    assert found == ({agency} if agency else set())


def test_a_list_of_keywords_glues_no_stories_together(tmp_path: Path) -> None:
    words = "Karsa bridge harbour mayor Doran central bank Ostland governor Marsh rate 9 percent. "
    stuffed = {**forged(), "title": "bridge Karsa central bank Ostland rate", "text": words * 12}
    result = told(tmp_path, BRIDGE, AGAIN, BANK, stuffed)
    assert "bank" not in event_of(result, "bridge").articles


def test_two_reports_under_one_roof_are_undone_by_a_word(tmp_path: Path) -> None:
    """A page with two whole reports can draw their events together; a user parts them."""
    from clusterer import Collection

    stuffed = {
        **forged(),
        "title": "Bridge collapse and interest rates",
        "text": BODY + BANK["text"],
    }
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, (BRIDGE, BANK, stuffed))))
    collection = Collection()
    collection.read([tmp_path / "in.jsonl"])
    collection.cannot_link("bridge", "bank")
    assert "bank" not in event_of(collection.result(), "bridge").articles


def test_twenty_agencies_on_one_page_make_none_of_them_the_origin(tmp_path: Path) -> None:
    said = "last year. This was reported by " + ", ".join(AGENCIES) + "."
    event = event_of(told(tmp_path, BRIDGE, AGAIN, forged(text=("last year.", said))), "bridge")
    assert event.origin.status in ("possible", "undetermined")
    assert event.origin.confidence < 0.6
    assert event.independent_source_count == 2
