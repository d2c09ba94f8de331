"""An invented month of news: articles in six languages with the vectors of their sentences.

Everything that costs time is as in real streams: outlets and credits are the gazetteer's own
names, events are told by one to many outlets as copies, rewritings and translations, numbers and
names are shared within an event, topics bring articles near that do not report one event.
The share of pairs that are candidates is set by ``crowd``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Agency, Gazetteer
from clusterer.matching.reference import load_reference
from clusterer.news import Article, Block, Outlet, Published, Span

START = datetime(2026, 6, 1, tzinfo=UTC)
DIMENSION = 384
POOL = 1 << 14  # random directions that vectors are mixed from
TOPICS = 200
LANGUAGES = ("fa", "ar", "en", "ru", "tr", "he")
SPOKEN = (0.35, 0.25, 0.2, 0.1, 0.05, 0.05)

# One headline, then sentences, for each language. {a}, {b}: names; {p}: place; {n}, {m}: numbers.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "en": (
        "{a} meets {b} in {p} over {n} point plan",
        "{a} arrived in {p} on Monday with a delegation of {n} officials.",
        "The talks with {b} lasted {m} hours, an official in {p} said.",
        "At least {n} people were present when {a} spoke to reporters.",
        "{b} rejected the proposal and called for a new round of talks in {p}.",
        "Police closed {m} streets around the building in {p}.",
    ),
    "fa": (
        "دیدار {a} با {b} در {p} درباره طرح {n} ماده‌ای",
        "{a} روز دوشنبه همراه با هیئتی {n} نفره وارد {p} شد.",
        "به گفته یک مقام مسئول در {p} گفت‌وگو با {b} {m} ساعت طول کشید.",
        "دست‌کم {n} نفر هنگام سخنان {a} در جمع خبرنگاران حاضر بودند.",
        "{b} این پیشنهاد را رد کرد و خواستار دور تازه مذاکرات در {p} شد.",
        "پلیس {m} خیابان اطراف ساختمان را در {p} بست.",
    ),
    "ar": (
        "لقاء {a} مع {b} في {p} حول خطة من {n} نقاط",
        "وصل {a} يوم الاثنين إلى {p} برفقة وفد يضم {n} مسؤولا.",
        "وقال مسؤول في {p} إن المحادثات مع {b} استمرت {m} ساعات.",
        "وحضر ما لا يقل عن {n} شخصا عندما تحدث {a} إلى الصحفيين.",
        "ورفض {b} المقترح ودعا إلى جولة جديدة من المحادثات في {p}.",
        "وأغلقت الشرطة {m} شوارع حول المبنى في {p}.",
    ),
    "ru": (
        "{a} встретился с {b} в городе {p}: план из {n} пунктов",
        "{a} прибыл в понедельник в {p} с делегацией из {n} человек.",
        "Переговоры с {b} длились {m} часов, сообщил чиновник в {p}.",
        "Не менее {n} человек присутствовали, когда {a} говорил с журналистами.",
        "{b} отверг предложение и призвал к новому раунду переговоров в {p}.",
        "Полиция перекрыла {m} улиц вокруг здания в {p}.",
    ),
    "tr": (
        "{a}, {p} kentinde {b} ile {n} maddelik planı görüştü",
        "{a} pazartesi günü {n} kişilik heyetle {p} kentine geldi.",
        "{p} kentindeki bir yetkili {b} ile görüşmenin {m} saat sürdüğünü söyledi.",
        "{a} gazetecilere konuşurken en az {n} kişi oradaydı.",
        "{b} öneriyi reddetti ve {p} kentinde yeni görüşmeler istedi.",
        "Polis {p} kentinde bina çevresindeki {m} sokağı kapattı.",
    ),
    "he": (
        "{a} נפגש עם {b} ב{p} על תוכנית של {n} סעיפים",
        "{a} הגיע ביום שני ל{p} עם משלחת של {n} אנשים.",
        "השיחות עם {b} נמשכו {m} שעות, אמר גורם רשמי ב{p}.",
        "לפחות {n} אנשים נכחו כאשר {a} דיבר עם העיתונאים.",
        "{b} דחה את ההצעה וקרא לסבב שיחות חדש ב{p}.",
        "המשטרה סגרה {m} רחובות סביב הבניין ב{p}.",
    ),
}
CREDITS = {
    "en": "{x} reported this, citing {y}.",
    "fa": "به گزارش {x} به نقل از {y}، این خبر منتشر شد.",
    "ar": "وذلك وفقا لما ذكرته {x} نقلا عن {y}.",
    "ru": "Об этом сообщает {x} со ссылкой на {y}.",
    "tr": "{x} haberi {y} kaynağına dayandırdı.",
    "he": "כך דיווחה {x} בהסתמך על {y}.",
}
SYLLABLES: dict[str, tuple[str, ...]] = {
    "en": ("ba", "ka", "ri", "mo", "shi", "dar", "len", "vo", "pur", "zan", "tel", "gor"),
    "fa": ("با", "کا", "ری", "مو", "شی", "دار", "لن", "وو", "پور", "زان", "تل", "گر"),
    "ar": ("با", "كا", "ري", "مو", "شي", "دار", "لن", "وو", "بور", "زان", "تل", "غر"),
    "ru": ("ба", "ка", "ри", "мо", "ши", "дар", "лен", "во", "пур", "зан", "тел", "гор"),
    "tr": ("ba", "ka", "ri", "mo", "şi", "dar", "len", "vo", "pur", "zan", "tel", "gor"),
    "he": ("בא", "קא", "רי", "מו", "שי", "דאר", "לן", "וו", "פור", "זאן", "תל", "גור"),
}


# What a sentence's vector is mixed from: its language, then rows of the pool for its topic,
# event, sentence and itself.
MIX = 5


def text_key(text: str) -> int:
    """A number for a text that is the same in every process."""
    data = text.encode()
    return (crc32(data) << 31) ^ crc32(data[::-1])


class Invented:
    """Articles in time order, and the encoder that knows their vectors.

    ``crowd`` is the weight of the topic in a vector: 0.5 makes a few of a hundred pairs in
    the window candidates (all the world's news), 1.2 nearly a fifth (one crisis).
    """

    def __init__(self, rate: float, seed: int = 0, crowd: float = 0.5, id: str = "news") -> None:
        self.id = f"{id}@invented"
        self.dimension = DIMENSION
        self.spent = 0.0  # seconds in which vectors were made
        self._rate, self._crowd = rate, crowd
        self._chance = np.random.default_rng(seed)
        self._pool = self._chance.standard_normal((POOL, DIMENSION), np.float32)
        self._pool /= np.linalg.norm(self._pool, axis=1, keepdims=True)
        # by a number for the text, as plain numbers: beside the memory of what is measured the
        # material's own must be little
        self._row: dict[int, int] = {}
        self._mix = array("q")
        self._agencies = _agencies()
        reference = load_reference(self.id)
        self._means = np.zeros((len(LANGUAGES), DIMENSION), np.float32)
        if reference is not None:
            self._means = reference.means[reference.rows(np.array(LANGUAGES))]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import time

        began = time.perf_counter()
        rows_of = [self._row[text_key(text)] for text in texts]
        mixed = np.frombuffer(self._mix, np.int64).reshape(-1, MIX)[rows_of]
        weights = (self._crowd, 1.0, 0.7, 0.5)
        rows = np.zeros((len(texts), DIMENSION), np.float32)
        for column, weight in zip(mixed[:, 1:].T % POOL, weights, strict=True):
            rows += np.float32(weight) * self._pool[column]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        # the mean of the language is what the reference takes away again
        means = self._means[mixed[:, 0]]
        rows *= np.sqrt(1 - np.einsum("ij,ij->i", means, means))[:, None]
        rows += means
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self.spent += time.perf_counter() - began
        return rows

    def known(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The keys of all texts that were told, and the mix of each, (n, MIX)."""
        keys = np.fromiter(self._row, np.int64, len(self._row))
        return keys, np.array(self._mix, np.int64).reshape(-1, MIX)

    def forget(self) -> None:
        """Let go of the vectors of all that was told."""
        self._row.clear()
        self._mix = array("q")

    def articles(self, count: int, first: int = 0) -> list[Article]:
        """The articles numbered from ``first`` on, in order of time."""
        told: list[tuple[datetime, list[str], str, Agency, bool]] = []
        event = first
        while len(told) < count:
            at = START + timedelta(days=(first + len(told)) / self._rate)
            told.extend(self._event(event, at, count - len(told)))
            event += 1
        told.sort(key=lambda one: one[0])
        return [_article(f"i{first + k:07}", *one) for k, one in enumerate(told)]

    def _event(
        self, number: int, at: datetime, most: int
    ) -> Iterator[tuple[datetime, list[str], str, Agency, bool]]:
        chance = self._chance
        size = 1 if chance.random() < 0.8 else min(2 + int(chance.pareto(1.3) * 1.5), 80)
        facts = [int(chance.integers(12)) for _ in range(9)]
        numbers = [int(chance.integers(2, 400)), int(chance.integers(2, 40))]
        topic = int(min(chance.pareto(0.8) * 8, TOPICS - 1))
        previous: dict[str, list[str]] = {}
        for _ in range(min(size, most)):
            language = LANGUAGES[int(chance.choice(len(LANGUAGES), p=SPOKEN))]
            agency = self._one_of(language)
            if language in previous and chance.random() < 0.5:
                lines = list(previous[language])
                if chance.random() < 0.5 and len(lines) > 2:
                    lines[-1] = self._credit(language, (number, topic, 9))
            else:
                lines = self._lines(language, number, topic, facts, numbers)
            previous[language] = lines
            hours = float(chance.exponential(5.0))
            yield at + timedelta(hours=hours), lines, language, agency, chance.random() < 0.8

    def _lines(
        self, language: str, number: int, topic: int, facts: list[int], numbers: list[int]
    ) -> list[str]:
        chance = self._chance
        templates = TEMPLATES[language]
        chosen = [0, *sorted(chance.choice(5, int(chance.integers(2, 5)), replace=False) + 1)]
        a, b, p = (_name(language, facts[k : k + 3]) for k in (0, 3, 6))
        lines = []
        for place in chosen:
            text = templates[place].format(a=a, b=b, p=p, n=numbers[0], m=numbers[1])
            if chance.random() < 0.5:
                text += " " + _name(language, [int(x) for x in chance.integers(0, 12, 3)])
            self._note(text, language, number, topic, place)
            lines.append(text)
        if chance.random() < 0.4:
            lines.append(self._credit(language, (number, topic, 9)))
        return lines

    def _credit(self, language: str, told: tuple[int, int, int]) -> str:
        number, topic, place = told
        x, y = (self._one_of(language) for _ in range(2))
        text = CREDITS[language].format(x=_called(x, language), y=_called(y, language))
        self._note(text, language, number, topic, place)
        return text

    def _note(self, text: str, language: str, number: int, topic: int, place: int) -> None:
        key = text_key(text)
        if key not in self._row:
            self._row[key] = len(self._row)
            own = int(self._chance.integers(POOL))
            sentence = (number * 16 + place) * 7919 + 13
            event = number * 104729 + 7
            self._mix.extend((LANGUAGES.index(language), 100 + topic, event, sentence, own))

    def _one_of(self, language: str) -> Agency:
        known = self._agencies[language]
        return known[int(self._chance.integers(len(known)))]


def _agencies() -> dict[str, list[Agency]]:
    listed = list(Gazetteer.load())
    media = [one for one in listed if one.kind in ("wire", "state_agency", "news_site")]
    return {language: [one for one in media if one.names.get(language)] for language in LANGUAGES}


def _called(agency: Agency, language: str) -> str:
    return agency.names[language][0]


def _name(language: str, facts: Sequence[int]) -> str:
    word = "".join(SYLLABLES[language][fact] for fact in facts)
    return word[0].upper() + word[1:]


def _article(
    id: str, at: datetime, lines: list[str], language: str, agency: Agency, titled: bool
) -> Article:
    spans, end = [], 0
    for line in lines:
        spans.append(Span(end, end + len(line)))
        end += len(line) + 1
    text = "\n".join(lines)
    body = Block(Span(spans[1].start if titled else 0, len(text)), "body")
    return Article(
        id=id,
        page=id,
        text=text,
        span=Span(0, len(text)),
        title=spans[0] if titled else None,
        blocks=(Block(spans[0], "headline"), body) if titled else (body,),
        sentences=tuple(spans),
        language=language,
        outlet=Outlet(agency.id, agency.name, "record"),
        published=Published(at, "minute", "gregorian", timedelta(seconds=30), "invented"),
    )
