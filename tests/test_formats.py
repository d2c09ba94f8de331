"""Every format that news comes in yields pages with title, text and what the carrier says."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from clusterer.news import Page, Rejected
from clusterer.reading import read
from clusterer.settings import Settings

SETTINGS = Settings()
BODY = (
    "به گزارش خبرگزاری مهر، وزیر خارجه عمان صبح امروز "
    "برای گفتگو درباره بازگشایی مرزها وارد تهران شد.\n"
    "وی گفت که این سفر دو روز طول می‌کشد و با رئیس جمهور نیز دیدار خواهد کرد."
)
TITLE = "وزیر خارجه عمان وارد تهران شد"


def pages(path: Path, **fields: str) -> list[Page | Rejected]:
    return list(read([path], SETTINGS, fields))


def one(path: Path, **fields: str) -> Page:
    (page,) = pages(path, **fields)
    assert isinstance(page, Page), page
    return page


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def told(page: Page) -> tuple[str, str]:
    assert page.title is not None
    assert page.body is not None
    return page.title.of(page.text), page.body.of(page.text)


@pytest.fixture(params=["", ".gz"])
def packed(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pack(text: str, packed: str) -> bytes:
    return gzip.compress(text.encode()) if packed else text.encode()


def test_plain_pages_keep_every_character(tmp_path: Path, packed: str) -> None:
    text = f"منو\r\n{TITLE}\n\n{BODY}\u200f\n"
    page = one(write(tmp_path, f"a.txt{packed}", pack(text, packed)))
    assert page.text == text
    assert page.body is None


def test_json_lines_with_our_names(tmp_path: Path, packed: str) -> None:
    record = {
        "id": "nf:1",
        "lang": "fa",
        "outlet": "Mehr",
        "published": "2026-03-02T08:00:04Z",
        "title": TITLE,
        "text": BODY,
        "url": "https://www.mehrnews.com/x",
    }
    page = one(write(tmp_path, f"a.jsonl{packed}", pack(json.dumps(record) + "\n\n", packed)))
    assert page.id == "nf:1"
    assert told(page) == (TITLE, BODY)
    assert page.hints.published == "2026-03-02T08:00:04Z"
    assert (page.hints.outlet, page.hints.language) == ("Mehr", "fa")


@pytest.mark.parametrize(
    "record",
    [
        {"title": TITLE, "text": BODY, "source-hostname": "mehrnews.com", "date": "2025-04-28"},
        {
            "title": TITLE,
            "maintext": BODY,
            "source_domain": "mehrnews.com",
            "date_publish": "2025-04-28",
        },
        {"title": TITLE, "text": BODY, "hostname": "mehrnews.com", "publish_date": "2025-04-28"},
        {
            "headline": TITLE,
            "articleBody": BODY,
            "domain": "mehrnews.com",
            "datePublished": "2025-04-28",
        },
    ],
)
def test_names_of_other_tools(tmp_path: Path, record: dict[str, str]) -> None:
    page = one(write(tmp_path, "a.json", json.dumps(record)))
    assert told(page) == (TITLE, BODY)
    assert page.hints.site == "mehrnews.com"
    assert page.hints.published == "2025-04-28"


def test_a_map_of_fields_for_all_others(tmp_path: Path) -> None:
    record = {"kop": TITLE, "inhalt": {"voll": BODY}, "text": "Werbung", "nr": 7}
    path = write(tmp_path, "a.json", json.dumps({"articles": [record]}))
    page = one(path, title="kop", text="inhalt.voll", id="nr")
    assert told(page) == (TITLE, BODY)
    assert page.id == "7"


def test_a_title_that_the_body_begins_with_is_not_said_twice(tmp_path: Path) -> None:
    post = f"🔴\n{TITLE}\n🔹\n{BODY}\n@Farsna"
    page = one(write(tmp_path, "a.jsonl", json.dumps({"title": TITLE, "text": post})))
    assert page.text == post
    assert told(page)[0] == TITLE


def test_a_title_alone_is_a_page_and_nothing_is_a_rejection(tmp_path: Path) -> None:
    lines = [{"title": TITLE, "text": ""}, {"id": "x", "title": " "}, [1], 3]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)) + "\n{broken\n")
    first, *rest = pages(path)
    assert isinstance(first, Page)
    assert first.text == TITLE
    assert [type(page) for page in rest] == [Rejected] * 4
    assert [page.page for page in rest if isinstance(page, Rejected)] == [
        f"a.jsonl!{number}" for number in (2, 3, 4, 5)
    ]


HTML = """<!DOCTYPE html><html lang="fa"><head><title>x | y</title>
<meta property="og:site_name" content="خبرگزاری مهر"><meta name="original-source" content="https://tass.com/1">
<meta property="article:published_time" content="2025-04-28T10:59:00+03:30">
<link rel="canonical" href="https://www.mehrnews.com/news/1">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},
{"@type":"NewsArticle","headline":"TITLE","isBasedOn":{"@type":"NewsArticle","url":"https://kcna.kp/1"},
"creditText":"TASS","publisher":{"@type":"Organization","name":"Mehr"},"datePublished":"2025-04-28T07:29:00Z",
"author":[{"name":"مینا عظیمی"}]}]}</script></head><body>
<nav><a href="/">صفحه اصلی</a> <a href="/a">سیاسی</a></nav>
<article><h1>TITLE</h1>BODY</article>
<aside><ul><li><a href="/2">خبر دیگر درباره ورزش</a></li></ul></aside>
<footer>کلیه حقوق محفوظ است</footer></body></html>"""


def html_page() -> str:
    paragraphs = "".join(
        f"<p>{line}</p>" for line in (BODY + "\n" + BODY.replace("وی", "او")).split("\n")
    )
    return HTML.replace("TITLE", TITLE).replace("BODY", paragraphs)


def test_html_keeps_the_text_and_its_provenance(tmp_path: Path, packed: str) -> None:
    page = one(write(tmp_path, f"a.html{packed}", pack(html_page(), packed)))
    title, body = told(page)
    assert title == TITLE
    assert BODY.split("\n")[0] in body
    assert "صفحه اصلی" not in page.text
    hints = page.hints
    assert hints.outlet == "خبرگزاری مهر"
    assert hints.canonical == "https://www.mehrnews.com/news/1"
    assert hints.published == "2025-04-28T07:29:00Z"
    assert hints.author == "مینا عظیمی"
    assert hints.credits == ("https://kcna.kp/1", "TASS", "https://tass.com/1")


def test_html_is_known_by_its_content(tmp_path: Path) -> None:
    assert told(one(write(tmp_path, "a.txt", html_page())))[0] == TITLE


def test_rss_with_its_sources(tmp_path: Path, packed: str) -> None:
    feed = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>
    <title>Yellow</title>
    <link>https://yellowstone.ir</link><language>fa</language><item><title>{TITLE}</title>
    <link>https://yellowstone.ir/1</link><guid isPermaLink="false">y1</guid>
    <description><![CDATA[<p>{BODY.splitlines()[0]}</p><p>{BODY.splitlines()[1]}</p>]]></description>
    <source url="https://www.mehrnews.com/rss">مهر</source>
    <pubDate>Mon, 28 Apr 2025 10:59:00 +0330</pubDate></item>
    <item><guid>y2</guid></item></channel></rss>"""
    page, empty = pages(write(tmp_path, f"a.xml{packed}", pack(feed, packed)))
    assert isinstance(page, Page)
    assert told(page) == (TITLE, BODY)
    assert page.id == "y1"
    assert page.hints.credits == ("مهر", "https://www.mehrnews.com/rss")
    assert page.hints.published == "Mon, 28 Apr 2025 10:59:00 +0330"
    assert isinstance(empty, Rejected)


def test_atom(tmp_path: Path) -> None:
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title><entry><id>urn:1</id>
    <title>{TITLE}</title><link href="https://example.org/1"/><published>2025-04-28T07:29:00Z</published>
    <content type="html">&lt;p&gt;{BODY.splitlines()[0]}&lt;/p&gt;</content></entry></feed>"""
    page = one(write(tmp_path, "a.atom", feed))
    assert told(page) == (TITLE, BODY.splitlines()[0])
    assert page.hints.url == "https://example.org/1"


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_tables_of_text(tmp_path: Path, name: str, mark: str, packed: str) -> None:
    rows = (
        mark.join(["title", "text", "url"])
        + "\n"
        + mark.join([TITLE, f'"{BODY}"', "https://irna.ir/1"])
    )
    page = one(write(tmp_path, name + packed, pack("\ufeff" + rows + "\n", packed)))
    assert told(page) == (TITLE, BODY)
    assert page.id == f"{name}{packed}!1"


def test_parquet(tmp_path: Path, packed: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table(
        {"id": ["p1", "p2"], "title": [TITLE, None], "text": [BODY, BODY], "n": [1, 2]}
    )
    out = io.BytesIO()
    parquet.write_table(table, out)
    data = gzip.compress(out.getvalue()) if packed else out.getvalue()
    first, second = pages(write(tmp_path, f"a.parquet{packed}", data))
    assert isinstance(first, Page)
    assert isinstance(second, Page)
    assert told(first) == (TITLE, BODY)
    assert (second.id, second.title) == ("p2", None)


NEWSML = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:1" version="2"><itemMeta>
<provider literal="IRNA"/><versionCreated>2025-04-28T07:30:00Z</versionCreated></itemMeta>
<contentMeta><contentCreated>2025-04-28T07:29:00Z</contentCreated><infoSource><name>TASS</name></infoSource>
<creditline>KCNA/TASS</creditline><by>Mina</by><language tag="fa"/>
<headline>{TITLE}</headline></contentMeta>
<contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head>
<body><p>{BODY.splitlines()[0]}</p><p>{BODY.splitlines()[1]}</p></body></html></inlineXML></contentSet></newsItem>"""


def test_newsml_g2(tmp_path: Path, packed: str) -> None:
    page = one(write(tmp_path, f"a.xml{packed}", pack(NEWSML, packed)))
    assert told(page) == (TITLE, BODY)
    assert page.id == "urn:newsml:1"
    assert page.hints.credits == ("TASS", "KCNA/TASS")
    assert (page.hints.outlet, page.hints.language) == ("IRNA", "fa")
    assert page.hints.published == "2025-04-28T07:29:00Z"


def test_nitf(tmp_path: Path, packed: str) -> None:
    text = f"""<nitf><head><docdata><doc-id id-string="n1" regsrc="AFP"/>
    <date.issue norm="20250428T072900Z"/>
    </docdata></head><body><body.head><hedline><hl1>{TITLE}</hl1></hedline><byline>By Mina</byline>
    <dateline>TEHRAN, April 28</dateline></body.head><body.content><p>{BODY.splitlines()[0]}</p>
    <p>{BODY.splitlines()[1]}</p></body.content></body></nitf>"""
    page = one(write(tmp_path, f"a.nitf{packed}", pack(text, packed)))
    assert told(page) == (TITLE, "TEHRAN, April 28\n" + BODY)
    assert (page.id, page.hints.credits) == ("n1", ("AFP",))


@pytest.mark.parametrize(
    "body",
    [
        {"headline": TITLE, "body_text": BODY},
        {"headlines": [{"role": "main", "value": TITLE}], "bodies": [{"value": BODY}]},
    ],
)
def test_ninjs(tmp_path: Path, packed: str, body: dict[str, object]) -> None:
    record = {
        "uri": "urn:ninjs:1",
        "versioncreated": "2025-04-28T07:29:00Z",
        "language": "fa",
        **body,
    }
    record["infosources"] = [{"name": "Reuters"}]
    page = one(write(tmp_path, f"a.json{packed}", pack(json.dumps(record), packed)))
    assert told(page) == (TITLE, BODY)
    assert (page.id, page.hints.credits) == ("urn:ninjs:1", ("Reuters",))


def test_standard_input_is_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(json.dumps({"title": TITLE, "text": BODY}).encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    (page,) = read(["-"], SETTINGS)
    assert isinstance(page, Page)
    assert page.id == "-!1"
