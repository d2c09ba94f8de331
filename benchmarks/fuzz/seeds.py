"""What fuzzing begins with: small whole inputs of each kind, and the words of their grammars."""

from __future__ import annotations

import gzip
import io
import json
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

_RECORD = {
    "id": "a1",
    "title": "سیل در شیراز",
    "text": "به گزارش ایرنا به نقل از تاس، سیل آمد.",
    "published": "1404/02/08 12:30",
    "url": "https://example.org/2025/04/28/x",
    "outlet": "IRNA",
}
_RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://e.org</link>'
    "<item><title>A title</title><link>https://e.org/1</link><pubDate>Mon, 28 Apr 2025 09:00:00 GMT"
    "</pubDate><description>&lt;p&gt;Text (Reuters)&lt;/p&gt;</description>"
    '<source url="https://reuters.com">Reuters</source></item></channel></rss>'
)
_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id><title>A</title>'
    "<updated>2025-04-28T09:00:00Z</updated><content type='html'>Text</content></entry></feed>"
)
_NITF = (
    '<nitf><head><title>T</title><docdata><date.issue norm="20250428T090000Z"/>'
    '<doc-id id-string="1" regsrc="AP"/></docdata></head><body><body.head><hedline><hl1>A</hl1>'
    "</hedline><dateline>MOSCOW</dateline></body.head><body.content><p>Text.</p></body.content>"
    "</body></nitf>"
)
_NEWSML = (
    '<newsItem guid="1"><itemMeta><provider literal="AFP"/><versionCreated>2025-04-28T09:00:00Z'
    "</versionCreated></itemMeta><contentMeta><headline>A</headline><infoSource literal='TASS'/>"
    "</contentMeta><contentSet><inlineXML><p>Text.</p></inlineXML></contentSet></newsItem>"
)
_HTML = (
    "<!doctype html><html lang='ar'><head><meta charset='utf-8'><title>T</title>"
    "<meta property='article:published_time' content='2025-04-28T09:00:00Z'>"
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A","datePublished":'
    '"2025-04-28","publisher":{"name":"X"},"isBasedOn":["TASS"]}</script></head><body><article>'
    "<h1>A</h1><p>Rescue teams reached the harbour after the bridge fell, officials said.</p>"
    "</article></body></html>"
)
_NINJS = {
    "uri": "urn:1",
    "headline": "A",
    "versioncreated": "2025-04-28T09:00:00Z",
    "body_text": "B",
}
_CSV = "id,title,text,published,outlet\n1,A title,A text,2025-04-28,IRNA\n"
_DATES = (
    *(
        "2025-04-28T09:00:00+03:30",
        "۱۴۰۴/۰۲/۰۸ - ۱۲:۳۰",
        "الاثنين 30 شوال 1446",
        "28 أبريل/نيسان 2025",
    ),
    *(
        "Mon, 28 Apr 2025 09:00 GMT",
        "8 اردیبهشت 1404",
        "28.04.2025, 12:30",
        "1745830800",
        "3 hours ago",
    ),
    *(
        "28 апреля 2025 г. в 09:00 (МСК)",
        "28 Nisan 2025 Pazartesi",
        'כ"ח באפריל 2025',
        "04/05/2025",
    ),
)
_GET = (
    *("/v1", "/v1/stories", "/v1/stories/{id}", "/v1/stories/{id}/lineage", "/v1/agencies"),
    *("/v1/stories/{id}/timeline", "/v1/stories/{id}/reasons", "/v1/stories/{id}/ninjs"),
    *("/v1/stories/{id}/schema-org", "/v1/article", "/v1/search", "/v1/changes", "/v1/doubtful"),
    *("/", "/health", "/metrics", "/openapi.json", "/static/page.js", "/v1/words/fa", "/feed.xml"),
)
TOKENS = {
    "text": (
        *(
            "به گزارش خبرگزاری مهر به نقل از تاس",
            "(رويترز)",
            "المصدر: وكالات",
            "AFP",
            "TASS -",
            "ТАСС",
        ),
        *(
            "منبع: ",
            "\n\n",
            "انتهای پیام/",
            "اقرأ أيضا",
            "©",
            "#خبر",
            "@irna",
            "«",
            "»",
            "...",
            "،",
        ),
        *(
            "\u200c",
            "\u200f",
            "\u202e",
            "\ufeff",
            "\u0301",
            "\x00",
            "ﷺ",
            "İ",
            "ß",
            "ﬃ",
            "𐍈",
            "١٢",
            "12:30",
        ),
        *(
            "MOSCOW, April 28 (TASS) — ",
            "قال ",
            "said ",
            "https://t.me/x",
            "<p>",
            "&amp;",
            "\r\n",
            "\t",
        ),
        *_DATES,
    ),
    "json": (
        *("{", "}", "[", "]", ":", ",", '"title"', '"text"', '"id"', "null", "true", "1e999", "-0"),
        *('"\\ud800"', '"\\u0000"', "[[[[", '"published"', '{"a":', "NaN", "9" * 400, '"uri":"x"'),
        *('"stories":[]', '"events":{}', '"articles":null', '"counts":{}', '"schema"'),
    ),
    "xml": (
        *("<", ">", "</", "/>", "<![CDATA[", "]]>", "<!--", "-->", "&#0;", "&#x110000;", "&x;"),
        *("<!DOCTYPE a [", "<item>", "</item>", "xmlns:a=''", "<?xml", "?>", "<script>", "<p>"),
    ),
    "table": (",", "\t", ";", '"', '""', "\n", "\r", "title", "text", "published", "\x00", "|"),
    "http": (
        *(
            *_GET,
            "?",
            "&",
            "=",
            "limit=",
            "cursor=",
            "sort=",
            "q=",
            "threshold=0.5",
            "threshold=nan",
        ),
        *(
            "since=2025-04-28",
            "since=9999-99-99",
            "id=",
            "%00",
            "%ff",
            "..",
            "interface=fa",
            "offset=-1",
        ),
        *(
            "\n",
            ":",
            "if-none-match: *",
            "range: bytes=0-",
            "authorization: Bearer x",
            "accept: */*",
        ),
        *(
            '{"bond":"must","left":"a","right":"b"}',
            "content-type: application/json",
            "language=ar",
        ),
    ),
}
KIND = {
    **dict.fromkeys(("read.json", "read.jsonl", "contract", "records", "read.jsonl.gz"), "json"),
    **dict.fromkeys(("read.html", "read.xml", "read.rss", "read.atom"), "xml"),
    **dict.fromkeys(("read.nitf", "read.newsml"), "xml"),
    **dict.fromkeys(("read.csv", "read.tsv", "agencies", "settings"), "table"),
    "http": "http",
}


def tokens(target: str) -> list[bytes]:
    kind = KIND.get(target, "text")
    chosen = (*TOKENS[kind], *(() if kind == "text" else TOKENS["text"][:12]))
    return [token.encode("utf-8", "surrogatepass") for token in chosen]


@cache
def pages() -> tuple[bytes, ...]:
    return tuple(path.read_bytes()[:6_000] for path in sorted((ROOT / "seeds").glob("*.txt")))


@cache
def _contract() -> bytes:
    from clusterer import cluster

    page = sorted((ROOT / "seeds").glob("*.txt"))[0]
    return cluster(page, encoder="hash:").to_json().encode()


@cache
def _article() -> bytes:
    from clusterer.gazetteer import Gazetteer
    from clusterer.news import Article, Page
    from clusterer.prepare import prepare
    from clusterer.settings import Settings
    from clusterer.storing.plain import to_bytes

    found = prepare(
        Page("p", "p", pages()[0].decode("utf-8", "ignore")), Gazetteer.load(), Settings()
    )
    assert isinstance(found, tuple)
    return to_bytes(Article, found[0])


def seeds(target: str) -> list[bytes]:
    """Whole inputs for a target."""
    line = json.dumps(_RECORD, ensure_ascii=False).encode()
    own: dict[str, list[bytes]] = {
        "read.html": [_HTML.encode()],
        "read.json": [
            b"[" + line + b"]",
            json.dumps(_NINJS).encode(),
            b'{"articles":[' + line + b"]}",
        ],
        "read.jsonl": [line + b"\n" + line, json.dumps(_NINJS).encode()],
        "read.csv": [_CSV.encode()],
        "read.tsv": [_CSV.replace(",", "\t").encode()],
        "read.xml": [_RSS.encode(), _ATOM.encode(), _NITF.encode(), _NEWSML.encode()],
        "read.parquet": _parquet(),
        "read.txt.gz": [gzip.compress(pages()[0])],
        "read.jsonl.gz": [gzip.compress(line)],
        "dates": [b"\x01" + date.encode() for date in _DATES],
        "addresses": [b"https://e.org/2025/04/28/x.html", b"https://e.org/1404/02/08/1"],
        "contract": [_contract()],
        "settings": [b"max_page_bytes = 5000\nevent_cut = 0.1\n"],
        "agencies": [
            (ROOT / "clusterer/data/agencies.csv").read_bytes()[:1500]
            if (ROOT / "clusterer/data/agencies.csv").exists()
            else b"id,name\nx,X\n"
        ],
        "records": [_article()],
        "http": [b"\x00" + path.encode() + b"\n\n\n\n" for path in _GET],
        "pipeline": [b"\xff\xff".join(page[:900] for page in pages())],
    }
    own |= dict.fromkeys(("read.rss", "read.atom", "read.nitf", "read.newsml"), own["read.xml"])
    return own.get(target) or list(pages())


def _parquet() -> list[bytes]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        return [b"PAR1"]
    file = io.BytesIO()
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist([_RECORD, {"id": "2", "title": "B"}]), file
    )
    return [file.getvalue()]
