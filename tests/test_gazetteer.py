"""Names are found as a reader finds them: in nine scripts, with clitics, never half a word."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clusterer.errors import InputError
from clusterer.gazetteer import COLUMNS, Gazetteer
from clusterer.news import Span
from clusterer.text.script import fold

GAZETTEER = Gazetteer.load()
KINDS = {
    *("wire", "state_agency", "broadcaster", "newspaper", "news_site", "aggregator"),
    *("government_body", "armed_group", "intl_org", "monitor", "social_platform"),
}


def found(text: str, gazetteer: Gazetteer = GAZETTEER) -> list[tuple[str, str]]:
    return [(mention.agency, mention.span.of(text)) for mention in gazetteer.find(fold(text), text)]


@pytest.mark.parametrize(
    ("text", "agency", "words"),
    [
        ("قال مسؤول أمني لرويترز إن المطار أغلق", "reuters", "رويترز"),
        ("وفقا لوكالة الأنباء السعودية، وصل الملك", "spa", "وكالة الأنباء السعودية"),
        ("نقلا عن أ.ف.ب اليوم", "afp", "أ.ف.ب"),
        ("بر اساس گزارش بی‌بی‌سی فارسی", "bbc-persian", "بی‌بی‌سی فارسی"),
        ("بر اساس گزارش بی بی سی فارسی", "bbc-persian", "بی بی سی فارسی"),
        ("بر اساس گزارش بیبیسی فارسی", "bbc-persian", "بیبیسی فارسی"),
        ("сообщили «Интерфаксу» в мэрии", "interfax", "Интерфаксу"),
        ("по данным Российской газеты", "rg-ru", "Российской газеты"),
        ("Reuters'ın aktardığına göre", "reuters", "Reuters"),
        ("İHA'nın haberine göre", "iha", "İHA"),
        ('כך פורסם ב"וול סטריט ג\'ורנל"', "wsj", "וול סטריט ג'ורנל"),
        ("לפי דיווח שברויטרס", "reuters", "רויטרס"),
        ("Li gorî Rûdawê, civîn bi dawî bû", "rudaw", "Rûdaw"),
        ("بە گوێرەی ئاژانسی ئەنادۆڵ", "anadolu", "ئاژانسی ئەنادۆڵ"),
        ("روئٹرز کے مطابق مذاکرات", "reuters", "روئٹرز"),
        ("조선중앙통신은 보도했다", "kcna", "조선중앙통신"),
    ],
)
def test_a_name_is_found_in_its_script(text: str, agency: str, words: str) -> None:
    assert (agency, words) in found(text)


def test_the_longest_name_wins() -> None:
    assert found("the Associated Press of Pakistan said") == [
        ("app-pk", "Associated Press of Pakistan")
    ]
    assert found("وكالة الأنباء المركزية الكورية")[0][0] == "kcna"
    assert found("сообщает Интерфакс-Украина")[0][0] == "interfax-ukraine"


def test_neighbours_by_one_letter_are_never_confused() -> None:
    assert [agency for agency, _ in found("ایرنا، ایسنا، ایلنا و ایکنا")] == [
        *("irna", "isna", "ilna", "iqna")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ومع ذلك وما كان",
        "كافة الدول في ليلة",
        "Sana söz veriyorum, report yarın hazır",
        "a map of the mena and an apa",
        "президенту вручили вазу",
    ],
)
def test_no_name_is_found_inside_other_words(text: str) -> None:
    assert [item for item in GAZETTEER.find(fold(text), text) if item.doubt == 0] == []


def test_words_that_are_also_names_are_marked() -> None:
    (mention,) = GAZETTEER.find(fold("ماه مهر رسید"))
    assert (mention.agency, mention.doubt, mention.ambiguous) == ("mehr", 1, True)
    (mention,) = GAZETTEER.find(fold("في الشرق الأوسط"))
    assert (mention.agency, mention.doubt) == ("aawsat", 2)


def test_spans_point_into_the_original_text() -> None:
    text = "وأفادت «ســـبوتنيك» بذلك"
    (mention,) = GAZETTEER.find(fold(text), text)
    assert mention.span == Span(8, 18)
    assert mention.span.of(text) == "ســـبوتنيك"


def test_hosts_lead_to_their_owners() -> None:
    owners = {
        "https://www.bbc.com/persian/articles/1": "bbc-persian",
        "www.bbc.com": "bbc",
        "ara.reuters.com": "reuters",
        "arabic.rt.com": "rt-arabic",
        "https://t.me/farsna/123": "fars",
        "t.me/nobody_at_all": "telegram",
    }
    for host, owner in owners.items():
        agency = GAZETTEER.by_domain(host)
        assert agency is not None, host
        assert agency.id == owner
    for host in ("", "localhost", "example.org", "http://[broken", "notreuters.com"):
        assert GAZETTEER.by_domain(host) is None, host


def test_names_and_families() -> None:
    agency = GAZETTEER.by_name("خبرگزاری  فارس".replace("  ", " "))
    assert agency is not None
    assert agency.id == "fars"
    assert GAZETTEER.by_name("nobody at all") is None
    assert GAZETTEER.get("nobody") is None
    assert GAZETTEER.family("rt-arabic") == "rt"
    assert GAZETTEER.family("unlisted") == "unlisted"


def test_the_packaged_tables_are_sound() -> None:
    ids = [agency.id for agency in GAZETTEER]
    assert len(ids) == len(set(ids)) == len(GAZETTEER)
    for agency in GAZETTEER:
        assert agency.kind in KINDS, agency.id
        assert agency.name, agency.id
        if agency.zone:
            ZoneInfo(agency.zone)
        assert agency.parent is None or GAZETTEER.get(agency.parent), agency.id
        for domain in agency.domains:
            assert domain == domain.lower() or domain.startswith("t.me/"), domain
            assert " " not in domain
    assert not GAZETTEER.get("kremlin").is_carrier  # type: ignore[union-attr]
    assert GAZETTEER.get("kremlin").is_issuer  # type: ignore[union-attr]


def test_users_add_and_extend(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(
        ",".join(COLUMNS) + "\n"
        "valley,newspaper,,GB,Europe/London,The Valley,,,روزنامه دره,,,,,valley.example,,0,,\n"
        "reuters,wire,origin_capable,GB,,Reuters,RTRS,,,,,,,reuters.example,,0,,\n",
        encoding="utf-8",
    )
    mine = Gazetteer.load(table)
    assert found("به گزارش روزنامه دره، باران آمد", mine) == [("valley", "روزنامه دره")]
    assert mine.by_domain("news.valley.example") == mine.get("valley")
    assert found("RTRS said", mine)[0][0] == "reuters"
    assert found("رويترز", mine)[0][0] == "reuters"
    reuters = mine.get("reuters")
    assert reuters is not None
    assert reuters.zone == "Europe/London"
    assert GAZETTEER.get("valley") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,kind\nx,y\n", "missing columns"),
        ("id,kind,name_en\n,wire,Nobody\n", "needs an id"),
        ("id,kind,name_en,home_tz\nx,wire,X,Mars/Olympus\n", "no IANA time zone"),
    ],
)
def test_a_wrong_table_is_refused_in_words(tmp_path: Path, content: str, message: str) -> None:
    table = tmp_path / "wrong.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Gazetteer.load(table)
    with pytest.raises(InputError):
        Gazetteer.load(tmp_path / "absent.csv")
