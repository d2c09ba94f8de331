"""What depends on everything that was read: ids that occur twice, and texts that come too often.

Each is settled by tasks that see all pages (or articles) of some of the ids or texts, in the
order of the run, and write exceptions only. The rules are those of the reading ledger and of a
collection's reception.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.engines import Part, Told
from clusterer.engine.inputs import PAGES_OF_FILE
from clusterer.engine.job import Job
from clusterer.engine.pages import day_of
from clusterer.engine.tables import array, rejected_table, to_bytes, to_text
from clusterer.living.intake import crowded
from clusterer.news import Rejected

# Pages or articles that one settling task sees at most, on average.
SETTLED = 1_000_000
# The numbers of a copy, read from the id's end, where a search would begin anew at each of them.
_NUMBERS = re.compile(r"\A(?:\d++~)++")


class Exceptions(NamedTuple):
    """Pages under another id, and pages that are refused, by place."""

    renamed: dict[int, str]
    refused: frozenset[int]


def original(id: str) -> str:
    """The id without the numbers of copies: "page" for "page~2~3"."""
    numbers = _NUMBERS.match(id[::-1])
    return id[: len(id) - numbers.end()] if numbers else id


def settle_pages(job: Job, part: Part) -> Told:
    """New ids of pages whose id an earlier page has, and pages beyond ``max_copies``."""
    import pyarrow as pa

    ids: list[tuple[int, str]] = []
    words: list[tuple[bytes, int, bytes]] = []
    for name in part["parts"]:
        table = job.folder.read_table(f"pages/{name}.parquet")
        places = array(table.column("place")).tolist()
        pages, texts = (table.column(each).to_pylist() for each in ("page", "words"))
        for place, page, said in zip(places, pages, texts, strict=True):
            id = to_text(page)
            if _mine(to_bytes(original(id)), part):
                ids.append((place, id))
            if _mine(said, part):
                words.append((said, place, page))
    renamed = dict(told_apart(sorted(ids)))
    refused = _beyond(words, job.settings.max_copies)
    places = sorted(renamed.keys() | refused.keys())
    table = pa.table(
        {
            "place": pa.array(places, pa.int64()),
            "page": pa.array(
                [to_bytes(renamed[p]) if p in renamed else None for p in places], pa.binary()
            ),
            "refused": pa.array([p in refused for p in places], pa.bool_()),
            "was": pa.array([refused.get(p) for p in places], pa.binary()),
        }
    )
    job.folder.write_table(f"settled/pages-{part['key']}.parquet", table)
    return {"exceptions": len(places), "refused": len(refused)}


def told_apart(pages: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """(place, new id) of pages, in order of places, whose id an earlier page bears.

    As the reading ledger tells them apart: copies are counted anew in each file.
    """
    owner: dict[str, int] = {}
    file = -1
    copies: Counter[str] = Counter()
    mine: set[str] = set()
    for place, own in pages:
        if place // PAGES_OF_FILE != file:
            file, copies, mine = place // PAGES_OF_FILE, Counter(), set()
        id = own
        while id in mine or owner.get(id, file) != file:
            copies[own] += 1
            id = f"{own}~{copies[own] + 1}"
        mine.add(id)
        owner[id] = file
        if id != own:
            yield place, id


def _beyond(words: list[tuple[bytes, int, bytes]], most: int) -> dict[int, bytes]:
    """Place → id of those, in order, before which as many have the same words."""
    counts = Counter(said for said, _, _ in words)
    many = sorted(one for one in words if counts[one[0]] > most)
    met: Counter[bytes] = Counter()
    found = {}
    for said, place, page in many:
        met[said] += 1
        if met[said] > most:
            found[place] = page
    return found


def exceptions(job: Job, first: int | None = None, last: int | None = None) -> Exceptions:
    """The exceptions among pages from place ``first`` to ``last`` inclusive; all by default."""
    renamed, refused = {}, set()
    filters = None if first is None else [("place", ">=", first), ("place", "<=", last)]
    for name in job.folder.names("settled"):
        if name.startswith("pages-"):
            table = job.folder.read_table(f"settled/{name}", filters=filters)
            for row in table.to_pylist():
                if row["page"] is not None:
                    renamed[row["place"]] = to_text(row["page"])
                if row["refused"]:
                    refused.add(row["place"])
    return Exceptions(renamed, frozenset(refused))


def _mine(key: bytes, part: Part) -> bool:
    return bool(part["buckets"] == 1 or crc32(key) % part["buckets"] == part["bucket"])


# Articles


class Keys(NamedTuple):
    """Of articles of one part: place and number on the page, id, instant, words."""

    place: NDArray[np.int64]
    number: NDArray[np.int64]
    ids: list[str]
    at: list[float | None]
    words: list[bytes]


def keys_of(job: Job, name: str, filters: Any = None) -> Keys:
    """The articles of a part as they are called now; those of refused pages are left out."""
    columns = ("place", "number", "page", "at", "words")
    table = job.folder.read_table(f"drafts/{name}.parquet", columns, filters)
    place = array(table.column("place"))
    if not len(place):
        return Keys(place.astype(np.int64), place.astype(np.int64), [], [], [])
    known = exceptions(job, int(place.min()), int(place.max()))
    kept = np.array([one not in known.refused for one in place.tolist()], bool)
    table, place = table.filter(kept), place[kept]
    number = array(table.column("number")).astype(np.int64)
    pages = table.column("page").to_pylist()
    ids = [
        named(known.renamed.get(one) or to_text(page), count)
        for one, page, count in zip(place.tolist(), pages, number.tolist(), strict=True)
    ]
    return Keys(
        place, number, ids, table.column("at").to_pylist(), table.column("words").to_pylist()
    )


def named(page: str, number: int) -> str:
    """The id of the article that has this number on its page, from 1."""
    return page if number == 1 else f"{page}#{number}"


def settle_ids(job: Job, part: Part) -> Told:
    """Articles whose id a later article of the run has."""
    last: dict[str, tuple[int, int]] = {}
    dropped: list[tuple[int, int]] = []
    for name in part["parts"]:
        keys = keys_of(job, name)
        for place, number, id in zip(
            keys.place.tolist(), keys.number.tolist(), keys.ids, strict=True
        ):
            if _mine(to_bytes(id), part):
                if id in last:
                    dropped.append(last[id])
                last[id] = (place, number)
    write_dropped(job, f"ids-{part['key']}", dropped)
    return {"dropped": len(dropped)}


def settle_words(job: Job, part: Part) -> Told:
    """Articles, the earliest first, before which ``max_copies`` say the same; as rejected.

    Tells how many articles of each day are left.
    """
    gone = dropped_of(job, "ids-")
    counts: Counter[bytes] = Counter()
    days: Counter[str] = Counter()
    for name in part["parts"]:
        keys = keys_of(job, name)
        for (place, number, said), at in zip(_words(keys), keys.at, strict=True):
            if _mine(said, part) and (place, number) not in gone:
                counts[said] += 1
                days[day_of(at)] += 1
    most = job.settings.max_copies
    many = {said for said, count in counts.items() if count > most}
    found = []
    for name in part["parts"] if many else ():
        keys = keys_of(job, name)
        rows = zip(_words(keys), keys.ids, keys.at, strict=True)
        for (place, number, said), id, at in rows:
            if said in many and (place, number) not in gone:
                found.append((said, at is None, at or 0.0, id, place, number))
    met: Counter[bytes] = Counter()
    dropped, rejected = [], []
    for said, undated, at, id, place, number in sorted(found):
        met[said] += 1
        if met[said] > most:
            days[day_of(None if undated else at)] -= 1
            dropped.append((place, number))
            rejected.append((place, Rejected(id, crowded(most))))
    write_dropped(job, f"words-{part['key']}", dropped)
    job.folder.write_table(f"rejected/words-{part['key']}.parquet", rejected_table(rejected))
    return {"days": dict(days), "dropped": len(dropped)}


def _words(keys: Keys) -> Iterator[tuple[int, int, bytes]]:
    return zip(keys.place.tolist(), keys.number.tolist(), keys.words, strict=True)


def write_dropped(job: Job, name: str, dropped: list[tuple[int, int]]) -> None:
    import pyarrow as pa

    place, number = ([one[k] for one in dropped] for k in (0, 1))
    table = pa.table({"place": pa.array(place, pa.int64()), "number": pa.array(number, pa.int64())})
    job.folder.write_table(f"dropped/{name}.parquet", table)


def dropped_of(job: Job, *kinds: str) -> frozenset[tuple[int, int]]:
    """(place, number) of the articles that were dropped, by the stages of these kinds."""
    found: list[tuple[int, int]] = []
    for name in job.folder.names("dropped"):
        if name.startswith(kinds):
            table = job.folder.read_table(f"dropped/{name}")
            columns = (array(table.column(each)).tolist() for each in ("place", "number"))
            found += zip(*columns, strict=True)
    return frozenset(found)
