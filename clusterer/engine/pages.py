"""Files to pages to articles: the first stage, a task for each chunk of files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from clusterer.engine.engines import Part, Told
from clusterer.engine.inputs import PAGES_OF_FILE, chunk_of, opened
from clusterer.engine.job import Job
from clusterer.engine.tables import rejected_table, to_bytes
from clusterer.living.intake import prepared
from clusterer.news import Article, Page, Rejected
from clusterer.prepare import prepare_all
from clusterer.reading.formats import read_source
from clusterer.storing.plain import to_bytes as as_json

AT_ONCE = 32  # pages cut together: more gain nothing and cost memory
DAY = 86_400.0
UNDATED = "undated"


def words_of(text: str) -> bytes:
    return hashlib.blake2b(to_bytes(text), digest_size=16).digest()


def at_of(article: Article) -> float | None:
    """The instant that articles are ordered by, seconds since 1970."""
    return None if article.published is None else article.published.at.timestamp()


def day_of(at: float | None) -> str:
    """The day of an instant as the shelves count days, or UNDATED."""
    return UNDATED if at is None else str(int(at // DAY))


@dataclass(slots=True)
class _Drafts:
    """What a task has read and not yet written: columns of pages and of articles."""

    pages: dict[str, list[Any]] = field(
        default_factory=lambda: {"place": [], "page": [], "words": []}
    )
    articles: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: [] for name in ("place", "number", "page", "at", "words", "json")
        }
    )
    days: Counter[str] = field(default_factory=Counter)

    def page(self, place: int, page: Page) -> None:
        row = (place, to_bytes(page.id), words_of(page.text))
        for column, value in zip(self.pages.values(), row, strict=True):
            column.append(value)

    def article(self, place: int, number: int, article: Article) -> None:
        at = at_of(article)
        said = words_of(article.span.of(article.text))
        row = (place, number, to_bytes(article.page), at, said, as_json(Article, article))
        for column, value in zip(self.articles.values(), row, strict=True):
            column.append(value)
        self.days[day_of(at)] += 1


def read_chunk(job: Job, part: Part) -> Told:
    """Read and prepare the files of a chunk, those aside that ``part["without"]`` names.

    With ``part["only"]`` nothing is written: it is tried whether these files can be read.
    """
    key, without, only = part["key"], dict(part.get("without", ())), part.get("only")
    rejected: list[tuple[int, Rejected]] = []
    parts: list[Told] = []
    drafts = _Drafts()
    pages = 0
    for listed in chunk_of(job, key):
        first = listed.number * PAGES_OF_FILE
        if only is not None and str(listed.number) not in only:
            continue
        if str(listed.number) in without:
            rejected.append((first, Rejected(listed.name, without[str(listed.number)])))
            continue
        with opened(listed) as source:
            found = enumerate(read_source(source, job.settings, job.fields), first)
            while some := list(islice(found, AT_ONCE)):
                pages += _prepare(job, some, drafts, rejected)
                if only is not None:
                    drafts = _Drafts()
                elif len(drafts.articles["place"]) >= job.shard:
                    parts.append(_write(job, f"{key}-{len(parts):04}", drafts))
                    drafts = _Drafts()
    if only is not None:
        return {}
    if drafts.pages["place"] or not parts:
        parts.append(_write(job, f"{key}-{len(parts):04}", drafts))
    job.folder.write_table(f"rejected/read-{key}.parquet", rejected_table(rejected))
    return {"parts": parts, "pages": pages}


def _prepare(
    job: Job,
    found: Sequence[tuple[int, Page | Rejected]],
    drafts: _Drafts,
    rejected: list[tuple[int, Rejected]],
) -> int:
    stages = job.stages()
    good = [(place, page) for place, page in found if isinstance(page, Page)]
    rejected += [(place, page) for place, page in found if isinstance(page, Rejected)]

    def prepare(pages: Sequence[Page]) -> list[tuple[Article, ...] | Rejected]:
        return prepare_all(pages, stages.gazetteer, job.settings)

    told = prepared([page for _, page in good], prepare)
    for (place, page), articles in zip(good, told, strict=True):
        drafts.page(place, page)
        if isinstance(articles, Rejected):
            rejected.append((place, articles))
        else:
            for number, article in enumerate(articles, 1):
                drafts.article(place, number, article)
    return len(good)


def _write(job: Job, name: str, drafts: _Drafts) -> Told:
    import pyarrow as pa

    pages = {
        "place": pa.array(drafts.pages["place"], pa.int64()),
        "page": pa.array(drafts.pages["page"], pa.binary()),
        "words": pa.array(drafts.pages["words"], pa.binary(16)),
    }
    kinds = {
        "place": pa.int64(),
        "number": pa.int32(),
        "page": pa.binary(),
        "at": pa.float64(),
        "words": pa.binary(16),
        "json": pa.large_binary(),
    }
    articles = {column: pa.array(drafts.articles[column], kind) for column, kind in kinds.items()}
    size = job.folder.write_table(f"pages/{name}.parquet", pa.table(pages))
    size += job.folder.write_table(f"drafts/{name}.parquet", pa.table(articles))
    return {"name": name, "days": dict(drafts.days), "bytes": size}


def files_of(job: Job, part: Part) -> Iterator[tuple[str, str]]:
    """(key, name) of the files of a chunk: what a chunk that fails is searched by."""
    for listed in chunk_of(job, part["key"]):
        yield str(listed.number), listed.name
