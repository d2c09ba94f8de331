"""Gold pages: real articles wrapped in the furniture of news sites, in every shape met.

Menus before (plain, bulleted, doubled, in one line), tickers and teasers of running text,
standfirst before the headline, headline twice, photo credits, boxes and advertisements
inside, source lines and end tags, a second article announced by "read also", lists after
(plain, bulleted, labelled, with leads), comment forms, rights notices. The two halves,
``fit`` and ``held_out``, share no furniture and no article.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("fa", "ar", "en", "ru", "tr", "he")
FROM_NTREX = {language: (language,) for language in LANGUAGES}
BARE_PAGES = 0.15  # share of pages without furniture above, and below
MIN_BODY, MIN_BRIEF = 200, 110  # code points of a report and of a brief one

Strings = Sequence[str]
_SENTENCE = re.compile(r"(?<=[^\W\d]{3}[.!?؟])\s+")


@dataclass
class GoldPage:
    """A page with its truth: ``articles`` are lists of kept ``(start, end)`` spans."""

    name: str
    language: str
    text: str
    articles: list[list[tuple[int, int]]]
    titles: list[tuple[int, int] | None]
    html: str = ""


@dataclass
class Story:
    title: str
    paragraphs: list[str]


@dataclass
class Material:
    """What pages of one language and half are made of."""

    stories: list[Story]
    titles: list[str]
    leads: list[str]
    agencies: list[str]
    furniture: dict[str, list[str]]


@dataclass
class Builder:
    """Grows a page line by line and remembers what is article."""

    random: random.Random
    lines: list[tuple[str, int | None, bool]] = field(default_factory=list)

    def add(self, text: str, article: int | None = None, title: bool = False) -> None:
        self.lines.append((text, article, title))

    def blank(self, most: int = 1) -> None:
        for _ in range(self.random.randint(0, most)):
            self.lines.append(("", None, False))


def rows(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as handle:
        return [json.loads(line) for line in handle]


def load_material(data: Path, half: str, agencies: dict[str, list[str]]) -> dict[str, Material]:
    """Material of one half, ``fit`` or ``held_out``, by language."""
    furniture = tomllib.loads((HERE / "furniture" / f"{half}.toml").read_text("utf-8"))
    ntrex = rows(data / "ntrex" / "docs.jsonl.gz")
    semeval = rows(data / "semeval" / "articles_dev.jsonl.gz")
    stream = rows(data / "stream" / "unlabelled.jsonl.gz")
    posts = rows(data / "telegram" / "posts_2026-06.jsonl.gz")
    found = {}
    for language in LANGUAGES:
        stories = _stories(language, ntrex, semeval, posts)
        items = [row for row in stream if row["lang"] == language]
        if language == "tr":
            items = [row for row in semeval if row["lang"] == "tr"]
        titles = [row["title"].strip() for row in items if 15 < len(row["title"]) < 160]
        leads = [_first_sentences(row["text"]) for row in items if len(row["text"]) > 80]
        at = 0 if half == "fit" else 1
        found[language] = Material(
            stories[at::2], titles[at::2], leads[at::2], agencies[language], furniture[language]
        )
    return found


def _stories(language: str, ntrex: list[Any], semeval: list[Any], posts: list[Any]) -> list[Story]:
    """Articles of one language; copies of one NTREX report stay in one half by sorting."""
    found = [
        Story(row["title"].strip(), _grouped(row["text"].split("\n"), number))
        for number, row in enumerate(sorted(ntrex, key=lambda row: row["label"]))
        if row["lang"] in FROM_NTREX[language]
    ]
    found += [
        Story(
            row["title"].strip(), [part.strip() for part in row["text"].split("\n") if part.strip()]
        )
        for row in semeval
        if row["lang"] == language and row["title"] and len(row["text"]) > MIN_BODY
    ]
    if language == "fa":
        found += [story for row in posts if row["lang"] == "fa" if (story := _post(row))]
    return [story for story in found if sum(map(len, story.paragraphs)) >= MIN_BODY]


def _grouped(sentences: list[str], number: int) -> list[str]:
    """NTREX has a sentence a line: paragraphs of one to four of them."""
    draw = random.Random(number)
    parts: list[str] = []
    rest = [sentence.strip() for sentence in sentences if sentence.strip()]
    while rest:
        count = draw.choice((1, 1, 2, 3, 4))
        parts.append(" ".join(rest[:count]))
        rest = rest[count:]
    return parts


def _post(row: dict[str, Any]) -> Story | None:
    """A long post of a news channel without its marks and signature."""
    lines = [line.strip() for line in row["text"].split("\n")]
    kept = [line for line in lines if len(line) > 40 and "@" not in line and "http" not in line]
    title = row["title"].strip()
    kept = [line for line in kept if line != title]
    good = row["id"].startswith("tg:farsna") and len(kept) >= 3 and len(title) > 15
    return Story(title, kept) if good else None


def _first_sentences(text: str) -> str:
    cut = text[:220]
    stop = max(cut.rfind(mark) for mark in ".!?؟")
    return cut[: stop + 1].replace("\n", " ") if stop > 60 else cut.replace("\n", " ") + "..."


class PageMaker:
    """Pages of one language and half, each from its own seeded draw."""

    def __init__(self, language: str, material: Material, seed: int) -> None:
        self.language, self.material = language, material
        self.random = random.Random(f"{language} {seed}")
        self.page = Builder(self.random)
        self.subject = ""

    def make(self, name: str) -> GoldPage:
        draw, page = self.random, self.page
        count = 2 if draw.random() < 0.18 else 1
        stories = draw.sample(self.material.stories, count)
        self.subject = stories[0].title
        if draw.random() > BARE_PAGES:
            self.before()
        for number, story in enumerate(stories):
            if number:
                self.between()
            self.article(number, story, number == 0)
        if draw.random() > BARE_PAGES:
            self.after(stories[-1])
        while page.lines and not page.lines[-1][0]:
            page.lines.pop()
        return self.finish(name, count)

    # what stands where

    def before(self) -> None:
        draw, own = self.random, self.material.furniture
        if draw.random() < 0.55:
            self.some("header", 3)
        if draw.random() < 0.6:
            self.menu()
        if draw.random() < 0.25:
            self.headlines(draw.randint(2, 10), heading=draw.random() < 0.4)
        if draw.random() < 0.12:
            for lead in draw.sample(self.material.leads, draw.randint(1, 3)):
                self.page.add(draw.choice(self.material.titles))
                self.page.blank()
                self.page.add(lead)
                self.page.blank()
        if draw.random() < 0.4:
            self.page.add(self.filled(draw.choice(own["section"])))
        if draw.random() < 0.25:
            self.page.add(self.filled("{date} {time}"))
        self.page.blank(2)

    def menu(self) -> None:
        draw = self.random
        items = self.material.furniture["menu"]
        chosen = draw.sample(items, draw.randint(4, min(14, len(items))))
        shape = draw.choice(("lines", "bullets", "doubled", "doubled", "pipes", "spaces"))
        if shape in ("pipes", "spaces"):
            if draw.random() < 0.3:
                chosen = draw.sample(self.material.titles, draw.randint(4, 12))
            self.page.add((" | " if shape == "pipes" else "    ").join(chosen))
            return
        if draw.random() < 0.5:
            # Menus of the day: topics in a few words, and whole headlines.
            chosen += [self.topic() for _ in range(draw.randint(1, 5))]
            chosen += draw.sample(self.material.titles, draw.randint(0, 3))
            draw.shuffle(chosen)
        for item in chosen:
            self.page.add(f"  • {item}" if shape in ("bullets", "doubled") else item)
            if shape == "doubled":
                self.page.add("")
                self.page.add(f"    {item}")
                self.page.add("")

    def topic(self) -> str:
        """A topic of the day, made of words of the report or of another headline."""
        draw = self.random
        words = draw.choice([self.subject, draw.choice(self.material.titles)]).split()
        start = draw.randint(0, max(len(words) - 4, 0))
        return " ".join(words[start : start + draw.randint(2, 5)]).strip(':،,."«»-')

    def article(self, number: int, story: Story, first: bool) -> None:
        draw, page = self.random, self.page
        gap = draw.choice((0, 1, 1, 1))
        paragraphs = self.body(story)
        shape = draw.choice(("plain", "plain", "plain", "twice", "standfirst", "above", "none"))
        if not first and shape in ("none", "above"):
            shape = "plain"
        lead = paragraphs[0] if len(paragraphs) > 2 else ""
        if shape == "above" and lead:
            page.add(paragraphs.pop(0), number)
            page.blank(2)
        if shape != "none":
            page.add(story.title, number, title=True)
            self.lines_between(gap)
        if shape == "standfirst" and lead:
            page.add(paragraphs.pop(0), number)
            self.lines_between(gap)
            if draw.random() < 0.5:
                page.add(story.title)
                self.some("photo", 1)
                self.lines_between(gap)
        if shape == "twice":
            page.add(story.title)
            self.lines_between(gap)
        if draw.random() < 0.4:
            self.some("meta", 3)
            self.lines_between(gap)
        if draw.random() < 0.25:
            self.some("share", 4)
        if draw.random() < 0.3:
            self.some("photo", 1)
        if draw.random() < 0.12:
            self.page.add(self.topic())  # a caption that only names what is seen
        self.paragraphs(number, paragraphs, gap)
        self.ending(number, first)

    def body(self, story: Story) -> list[str]:
        """The paragraphs, sometimes cut short, sometimes run together."""
        draw = self.random
        parts = story.paragraphs[: draw.choice((2, 4, 8, 40))]
        least = MIN_BODY if draw.random() < 0.85 else MIN_BRIEF
        if least == MIN_BRIEF:
            parts = story.paragraphs[:1]
        while sum(map(len, parts)) < least:
            parts = story.paragraphs[: len(parts) + 1]
        shape = draw.random()
        if shape < 0.1:
            return [" ".join(parts)]
        if shape < 0.35:
            # A sentence a line, as many sites and posts print.
            return [line for part in parts for line in _SENTENCE.split(part) if line]
        return list(parts)

    def paragraphs(self, number: int, paragraphs: list[str], gap: int) -> None:
        draw = self.random
        for at, paragraph in enumerate(paragraphs):
            self.page.add(paragraph, number)
            self.lines_between(gap)
            if 0 < at < len(paragraphs) - 1 and draw.random() < 0.12:
                kind = draw.choice(("inline", "inline", "photo", "share", "box"))
                if kind == "box":
                    self.box()
                else:
                    self.some(kind, 1)
                self.lines_between(gap)

    def box(self) -> None:
        """Links to other reports inside an article: no other article begins there."""
        own = self.material.furniture
        self.page.add(self.random.choice([*own["opener"], *own["related"]]))
        self.page.blank()
        for title in self.random.sample(self.material.titles, self.random.randint(1, 3)):
            self.page.add(self.random.choice(("", "", "  • ", "- ")) + title)

    def ending(self, number: int, first: bool) -> None:
        draw, own = self.random, self.material.furniture
        if draw.random() < 0.25:
            self.some("follow", 1)
        pick = draw.random()
        if pick < 0.3 or (first and pick < 0.4):
            self.page.blank()
            self.page.add(self.filled(draw.choice(own["source"])), number)
        elif pick < 0.55:
            self.page.add(self.filled(draw.choice(own["end"])), number)
        self.page.blank(2)
        if draw.random() < 0.4:
            self.some("tags", 1)
        if draw.random() < 0.3:
            self.some("share", 5)
        if draw.random() < 0.15:
            self.page.add(str(draw.randint(10**5, 10**8)))

    def between(self) -> None:
        self.page.blank()
        self.page.add(self.random.choice(self.material.furniture["opener"]))
        self.page.add("")

    def after(self, story: Story) -> None:
        draw = self.random
        if draw.random() < 0.35:
            self.comments()
        for _ in range(draw.choice((0, 1, 1, 2))):
            self.page.blank(2)
            self.headlines(draw.randint(3, 12), heading=draw.random() < 0.75)
        if draw.random() < 0.25:
            self.comments()
        if draw.random() < 0.4:
            self.some("footer", 4)
        if draw.random() < 0.5:
            self.page.blank(2)
            self.rights()

    def rights(self) -> None:
        """Notices one a line, or run together into a paragraph as lawyers write."""
        if self.random.random() < 0.35:
            own = self.material.furniture["rights"]
            count = self.random.randint(2, len(own))
            self.page.add(" ".join(self.random.sample(own, count)))
            self.page.blank()
        self.some("rights", 3)

    def comments(self) -> None:
        self.page.blank()
        for line in self.material.furniture["comments"][: self.random.randint(1, 6)]:
            self.page.add(line)

    def headlines(self, count: int, heading: bool) -> None:
        """A list of other reports, in one of its many shapes."""
        draw = self.random
        if heading:
            self.page.add(draw.choice(self.material.furniture["related"]))
            self.page.blank()
        shape = draw.choice(
            ("lines", "lines", "apart", "bullets", "labels", "feed", "leads", "dated")
        )
        label = draw.choice(self.material.furniture["menu"])
        feed = f"«{draw.choice(self.material.agencies)}»"
        for _ in range(count):
            title = draw.choice(self.material.titles)
            lead = draw.choice(self.material.leads)
            if shape in ("labels", "feed"):
                self.page.add(label)
            if shape == "dated":
                self.page.add(self.filled("{date} {time}"))
            self.page.add({"bullets": f"  • {title}", "feed": f"{feed} {lead}"}.get(shape, title))
            if shape == "leads":
                self.page.add(lead)
            if shape == "apart":
                self.page.add("")

    # small help

    def lines_between(self, gap: int) -> None:
        for _ in range(gap):
            self.page.add("")

    def some(self, kind: str, most: int) -> None:
        own = self.material.furniture[kind]
        count = self.random.randint(1, min(most, len(own)))
        for line in self.random.sample(own, count):
            self.page.add(self.filled(line))

    def filled(self, line: str) -> str:
        """The line with its places filled in; every ``{word}`` by another word."""
        draw = self.random
        while "{word}" in line:
            words = [word for word in draw.choice(self.material.titles).split() if len(word) > 3]
            line = line.replace("{word}", draw.choice(words or ["x"]).strip(':،,."«»'), 1)
        values = {
            "{date}": self.date,
            "{time}": f"{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}",
            "{title}": draw.choice(self.material.titles),
            "{agency}": draw.choice(self.material.agencies),
            "{number}": str(draw.randint(2, 99_999)),
        }
        for place, value in values.items():
            line = line.replace(place, value)
        return line

    @property
    def date(self) -> str:
        draw = self.random
        day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(2019, 2025)
        name = MONTHS[self.language][month - 1]
        shapes = [
            f"{day} {name} {year}",
            f"{day:02d}/{month:02d}/{year}",
            f"{year}-{month:02d}-{day:02d}",
        ]
        if self.language == "fa":
            shapes = [f"{day} {name} {year - 621}", f"{year - 621}/{month:02d}/{day:02d}"]
        if self.language == "en":
            shapes.append(f"{name} {day}, {year}")
        return draw.choice(shapes)

    def finish(self, name: str, count: int) -> GoldPage:
        articles: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        titles: list[tuple[int, int] | None] = [None] * count
        at = 0
        for line, article, title in self.page.lines:
            if article is not None:
                span = (at + len(line) - len(line.lstrip()), at + len(line.rstrip()))
                articles[article].append(span)
                if title:
                    titles[article] = span
            at += len(line) + 1
        text = "\n".join(line for line, _, _ in self.page.lines)
        return GoldPage(name, self.language, text, articles, titles, self.markup())

    def markup(self) -> str:
        """The same page as HTML with honest elements, for the libraries that read only that:
        what stands above the report is header and navigation, what stands below is aside."""
        own = [at for at, (_, article, _) in enumerate(self.page.lines) if article is not None]
        parts = ["<header><nav><ul>"]
        for at, (line, article, title) in enumerate(self.page.lines):
            if at == own[0]:
                parts.append("</ul></nav></header><main><article>")
            if line.strip():
                said = line.strip(" •").replace("&", "&amp;").replace("<", "&lt;")
                inside = own[0] <= at <= own[-1]
                tag = "h1" if title else "p" if article is not None else "div" if inside else "li"
                parts.append(f"<{tag}>{said}</{tag}>")
            if at == own[-1]:
                parts.append("</article></main><aside><ul>")
        body = "".join(parts)
        return f'<html lang="{self.language}"><body>{body}</ul></aside></body></html>'


def _months(names: str) -> list[str]:
    return names.split()


MONTHS = {
    "fa": _months("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"),
    "ar": _months("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
    "en": _months(
        "January February March April May June July August September October November December"
    ),
    "ru": _months(
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    ),
    "tr": _months("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
    "he": _months(
        "בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר"
    ),
}


def agency_names() -> dict[str, list[str]]:
    """What wires and outlets are called in each language, from the gazetteer."""
    from clusterer.gazetteer import Gazetteer

    names: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for agency in Gazetteer.load():
        if agency.kind in ("wire", "broadcaster", "newspaper", "state_media", "news_site"):
            for language in LANGUAGES:
                names[language] += [
                    name for name in agency.names.get(language, ())[:1] if len(name) > 2
                ]
    return names


def gold_pages(data: Path, half: str, per_language: int) -> list[GoldPage]:
    """``per_language`` pages of each language, the same for the same arguments."""
    material = load_material(data, half, agency_names())
    return [
        PageMaker(language, material[language], seed).make(f"{half}-{language}-{seed:03d}")
        for language in LANGUAGES
        for seed in range(per_language)
    ]
