"""Stories in contract shape, written by hand: a fair set, and one that means harm."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

RLO, PDI, LRI = "\u202e", "\u2069", "\u2066"
WORD = "ب" * 1_000_000
ATTACKS = (
    "<script>window.harmed = 1</script>",
    "\"><img src=x onerror='window.harmed = 2'>",
    "javascript:window.harmed=3",
    "</style><style>*{display:none}</style>",
    "</title><svg onload=window.harmed=4>",
    "{{ 7 * 7 }} {% raw %} ${window.harmed=5}",
    f"{RLO}txet desrever{PDI}{PDI}{LRI}",
    "<!-- -->]]>\x00\x07\x1b[31m",
    "' onmouseover='window.harmed=6' x='",
)


def credit(text: str, words: str, agency: str | None, role: str = "supplier") -> Json:
    start = text.index(words)
    return {
        "agency": agency,
        "words": words,
        "span": [start, start + len(words)],
        "role": role,
        "consumer": None,
        "scope": "lead",
        "strength": 0.9,
        "construction": "source-line",
    }


def article(
    id: str,
    title: str,
    body: str,
    language: str,
    outlet: str | None,
    at: str | None,
    credits: tuple[tuple[str, str | None], ...] = (),
    precision: str = "minute",
) -> Json:
    text = f"{title}\n\n{body}"
    return {
        "id": id,
        "page": id.split("#")[0],
        "span": [0, len(text)],
        "title": title,
        "title_span": [0, len(title)],
        "language": language,
        "outlet": outlet,
        "outlet_name": outlet,
        "outlet_evidence": "byline" if outlet else None,
        "published": at
        and {
            "at": at,
            "precision": precision,
            "calendar": "gregorian",
            "uncertainty_seconds": 43200 if precision == "day" else 30,
            "evidence": at,
            "span": None,
        },
        "event": "e1",
        "copy_group": None,
        "credits": [credit(text, words, agency) for words, agency in credits],
        "why": [],
        "text": text,
    }


def origin(kind: str = "undetermined", **known: Any) -> Json:
    said = {
        "kind": kind,
        "article": None,
        "agency": None,
        "name": None,
        "confidence": 0.0,
        "status": "undetermined",
        "issuer": None,
        "nearest_copy": None,
        "first_publisher": None,
        "lean": None,
        "chain": [],
        "evidence": [],
        "ignored": [],
        "alternatives": [],
        "flags": [],
        "explanation": "",
    }
    return said | known


def story(id: str, articles: list[Json], said: Json, lineage: list[Json] | None = None) -> Json:
    languages: dict[str, int] = {}
    for item in articles:
        languages[item["language"]] = languages.get(item["language"], 0) + 1
    times = sorted(item["published"]["at"] for item in articles if item["published"])
    return {
        "id": id,
        "title": articles[0]["title"],
        "languages": languages,
        "article_count": len(articles),
        "independent_source_count": max(1, len(articles) // 2),
        "first_seen": times[0] if times else None,
        "last_seen": times[-1] if times else None,
        "representative": articles[0]["id"],
        "origin": said,
        "events": [
            {
                "id": "e1",
                "origin": said,
                "independent_source_count": 1,
                "articles": [item["id"] for item in articles],
            }
        ],
        "articles": articles,
        "lineage": lineage or [],
    }


def link(giver: str, taker: str, kind: str, confidence: float = 0.9) -> Json:
    return {"from": giver, "to": taker, "kind": kind, "confidence": confidence}


def why(other: str, similarity: float, mine: str, theirs: str) -> Json:
    return {"article": other, "similarity": similarity, "mine": mine, "theirs": theirs}


def paper(stories: list[Json], rejected: list[Json] | None = None) -> Json:
    count = sum(len(item["articles"]) for item in stories)
    return {
        "schema": "clusterer.stories/1",
        "encoder": "hash:",
        "settings": {"event_cut": 0.5},
        "counts": {
            "pages": count,
            "articles": count,
            "events": len(stories),
            "stories": len(stories),
            "rejected": len(rejected or []),
        },
        "stories": stories,
        "rejected": rejected or [],
    }


def dam() -> Json:
    """One event in three scripts: an agency outside, a translation, a copy, an own report."""
    articles = [
        article(
            "fa/dam.txt",
            "سد «رود سبز» به بهره‌برداری رسید",
            "به گزارش رویترز، وزیر نیرو سد رود سبز را گشود. ظرفیت آن ۴۰۰ میلیون متر مکعب است.",
            "fa",
            "روزنامهٔ بامداد",
            "2025-04-28T07:29:00Z",
            (("به گزارش رویترز", "reuters"),),
        ),
        article(
            "ar/dam.txt",
            "افتتاح سد النهر الأخضر",
            "افتتح وزير الطاقة سد النهر الأخضر، بحسب رويترز. وتبلغ سعته 400 مليون متر مكعب.",
            "ar",
            "صحيفة الصباح",
            "2025-04-28T08:10:00Z",
            (("بحسب رويترز", "reuters"),),
        ),
        article(
            "ar/copy.txt",
            "افتتاح سد النهر الأخضر",
            "افتتح وزير الطاقة سد النهر الأخضر. وتبلغ سعته 400 مليون متر مكعب. المصدر: الصباح",
            "ar",
            None,
            "2025-04-28T12:00:00Z",
            (("المصدر: الصباح", None),),
            precision="day",
        ),
        article(
            "en/dam.txt#2",
            "Minister opens the Green River dam",
            "The energy minister opened the Green River dam on Monday, our reporter says.",
            "en",
            "The Valley Post",
            None,
        ),
    ]
    articles[1]["why"] = [
        why(
            "fa/dam.txt",
            0.913,
            "افتتح وزير الطاقة سد النهر الأخضر، بحسب رويترز.",
            "به گزارش رویترز، وزیر نیرو سد رود سبز را گشود.",
        )
    ]
    said = origin(
        "external",
        agency="reuters",
        name="Reuters",
        confidence=0.87,
        status="probable",
        chain=["reuters"],
        nearest_copy="fa/dam.txt",
        evidence=[
            {"article": "fa/dam.txt", "span": [34, 49], "words": "به گزارش رویترز", "code": "V1"}
        ],
        alternatives=[{"id": "en/dam.txt#2", "confidence": 0.1}],
        explanation="Two articles name Reuters as their source.",
        statements=[
            {
                "key": "found",
                "reason": "probable",
                "names": [{"id": "reuters", "name": "Reuters"}],
                "counts": [2, 3],
            }
        ],
    )
    lineage = [
        link("reuters", "fa/dam.txt", "credit"),
        link("reuters", "ar/dam.txt", "credit"),
        link("fa/dam.txt", "ar/dam.txt", "translation", 0.4),
        link("ar/dam.txt", "ar/copy.txt", "copy", 0.97),
    ]
    return story("s-dam", articles, said, lineage)


def bridge() -> Json:
    """A single report by an article of the collection."""
    alone = article(
        "ru/bridge.txt",
        "Мост через реку закрыт на ремонт",
        "Мэрия сообщила, что мост будет закрыт до июня.",
        "ru",
        "Вечерние вести",
        "2025-05-02T09:00:00Z",
    )
    said = origin(
        "article", article="ru/bridge.txt", confidence=0.6, status="possible", name="Вечерние вести"
    )
    return story("s-bridge", [alone], said)


def fair() -> Json:
    return paper([dam(), bridge()], [{"page": "blank.txt", "why": "the file is empty"}])


def alone() -> Json:
    """An origin that nobody took from, and another report of the same."""
    said = origin("article", article="one", name="one.com", confidence=0.7, status="probable")
    hours = {"one": "10", "two": "12"}
    told = [
        article(id, f"Fire at {id}", "It burnt.", "en", f"{id}.com", f"2026-02-01T{hour}:00:00Z")
        for id, hour in hours.items()
    ]
    return story("s-alone", told, said)


def hostile() -> Json:
    """Every attack in every place that a stranger can write, and words of a megabyte."""
    stories = []
    for place, attack in enumerate(ATTACKS):
        first = article(
            f"{attack}.txt", attack, f"{attack} {attack}", "fa", attack, "2025-04-28T07:29:00Z"
        )
        second = article(f"x{attack}.txt", attack, f"by {attack}", "en", attack, None)
        first["credits"] = [credit(first["text"], attack, attack)]
        second["why"] = [why(first["id"], 0.5, attack, attack)]
        said = origin(
            "external",
            agency=attack,
            name=attack,
            confidence=0.5,
            status="possible",
            explanation=attack,
            chain=[attack],
            issuer={"id": None, "name": attack, "confidence": 0.5, "evidence": []},
            evidence=[{"article": first["id"], "span": [0, 3], "words": attack, "code": "V1"}],
            alternatives=[{"id": attack, "confidence": 0.1}],
        )
        links = [link(attack, first["id"], "credit"), link(first["id"], second["id"], "copy")]
        stories.append(story(f"s-{place}", [first, second], said, links))
    long = [article(f"long{n}.txt", WORD, WORD, "fa", WORD, None) for n in range(2)]
    stories.append(story("s-long", long, origin(), [link("long0.txt", "long1.txt", "copy")]))
    return paper(stories, [{"page": ATTACKS[0], "why": ATTACKS[1]}])
