"""A page becomes articles: sentences in order, language, outlet, time and its evidence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Hints, Page, Rejected, Span
from clusterer.prepare import prepare, prepare_all
from clusterer.reading.records import lay_out
from clusterer.settings import Settings
from clusterer.text.language import language_of
from clusterer.text.sentences import MAX_CHARS, split_sentences

NAMES = Gazetteer.load()
SETTINGS = Settings()


def articles(page: Page) -> tuple[Article, ...]:
    found = prepare(page, NAMES, SETTINGS)
    assert not isinstance(found, Rejected), found
    return found


def record(title: str, body: str, **hints: str) -> Article:
    text, title_span, body_span = lay_out(title, body)
    (found,) = articles(Page("r", "r", text, title_span, body_span, Hints(**hints)))  # type: ignore[arg-type]
    return found


def sentences(article: Article) -> list[str]:
    return [span.of(article.text) for span in article.sentences]


def plain(text: str, **hints: str) -> Article:
    return articles(Page("p.txt", "p.txt", text, hints=Hints(**hints)))[0]  # type: ignore[arg-type]


PERSIAN = (
    "وزیر خارجه عمان صبح امروز برای گفتگو درباره بازگشایی "
    "مرزها وارد تهران شد و با همتای خود دیدار کرد.\n\n"
    "وی در این دیدار گفت که دو کشور درباره گسترش همکاری‌های بندری و گمرکی به توافق رسیده‌اند.\n\n"
    "این سفر دو روز طول می‌کشد و وزیر خارجه عمان با رئیس جمهور نیز دیدار خواهد کرد.\n"
)
ARABIC = (
    "أعلنت وزارة النقل عن خطة جديدة لتوسيع الميناء خلال العامين المقبلين بتمويل محلي كامل.\n\n"
    "وقال الوزير في مؤتمر صحفي إن الأعمال ستبدأ مطلع الشهر المقبل وستشمل رصيفين جديدين.\n\n"
    "وأضاف أن الخطة تهدف إلى مضاعفة قدرة الميناء على استقبال السفن الكبيرة خلال سنوات.\n"
)


def test_a_post_says_its_title_once_and_its_signature_is_no_sentence() -> None:
    title = "آغاز عبور کشتی‌های چینی از تنگه"
    found = record(title, f"🔴\n{title}\n🔹\nبه گزارش یک منبع آگاه عبور آغاز شد.\n@Farsna\n-\nLink")
    assert sentences(found) == [title, "به گزارش یک منبع آگاه عبور آغاز شد."]
    assert "@Farsna" in found.text


def test_title_comes_first_then_the_body_in_order() -> None:
    found = record("Port to be widened", "The plan was agreed. Work starts soon! Who pays?")
    assert sentences(found) == [
        *("Port to be widened", "The plan was agreed.", "Work starts soon!", "Who pays?")
    ]
    assert found.title is not None
    assert found.headline == "Port to be widened"


def test_a_record_of_only_a_title_is_an_article() -> None:
    found = record("سقوط دومین جنگنده در مرز", "")
    assert sentences(found) == ["سقوط دومین جنگنده در مرز"]
    assert found.language == "fa"


def test_source_lines_of_records_are_labelled_and_not_spoken() -> None:
    found = record("Порт расширят", "План одобрен в понедельник.\nИсточник: ТАСС")
    assert [block.kind for block in found.blocks] == ["headline", "body", "source_line"]
    assert sentences(found)[-1] == "План одобрен в понедельник."


def test_long_sentences_are_cut_at_clauses() -> None:
    text = "الجملة الطويلة جدا تستمر بلا توقف، " * 40
    found = split_sentences(text, Span(0, len(text)))
    assert len(found) > 3
    assert all(len(span.of(text)) <= MAX_CHARS for span in found)
    assert all(span.of(text).endswith("،") for span in found[:-1])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Smith met Dr. Jones in the U.S. capital. They talked.", 2),
        ("В 2024 г. порт принял 5 млн. тонн. План выполнен.", 2),
        ("قال أ. محمد إن العمل بدأ. وأضاف أنه مستمر؟ نعم.", 3),
        ('He said: "We agree." Then he left.', 2),
        ("یک. دو. سه", 3),
        ("#ایران @kanal https://t.me/x", 0),
        ("نرخ ۳.۵ درصد شد. پایان.", 2),
    ],
)
def test_what_ends_a_sentence(text: str, count: int) -> None:
    assert len(split_sentences(text, Span(0, len(text)))) == count


def test_printed_jalali_date_above_the_article() -> None:
    found = plain(f"بین‌الملل 10:59 - 08 اردیبهشت 1404\n{PERSIAN}\n01 مهر 1399\n")
    assert found.published is not None
    assert found.published.at == datetime(2025, 4, 28, 7, 29, tzinfo=UTC)
    assert (found.published.precision, found.published.calendar) == ("minute", "jalali")
    assert found.published.span is not None
    assert found.published.span.of(found.text) == found.published.evidence


def test_a_date_in_a_list_below_dates_nothing() -> None:
    others = "28 أبريل 2025\nفوز المنتخب على ضيفه بثلاثة أهداف\n29 أبريل 2025\nارتفاع أسعار الذهب\n"
    page = f"{ARABIC}\nأخبار متعلقة\n{others}"
    assert plain(page).published is None


def test_a_field_outranks_the_page() -> None:
    found = plain(f"10:59 - 08 اردیبهشت 1404\n{PERSIAN}", published="2025-05-01T00:00:00Z")
    assert found.published is not None
    assert found.published.at == datetime(2025, 5, 1, tzinfo=UTC)


def test_a_field_without_offset_is_read_by_the_outlets_clock() -> None:
    found = record(
        "T", "Text of the report.", published="2025-04-28T10:15", url="https://tass.com/1"
    )
    assert found.published is not None
    assert found.published.at == datetime(2025, 4, 28, 7, 15, tzinfo=UTC)
    assert found.published.uncertainty == timedelta(minutes=10)


def test_the_day_in_an_address_is_a_last_resort() -> None:
    found = record("T", "Text of the report.", url="https://example.org/2025/04/28/port")
    assert found.published is not None
    assert found.published.precision == "day"
    assert (
        found.published.earliest <= datetime(2025, 4, 28, 12, tzinfo=UTC) < found.published.latest
    )


def test_a_weekday_and_a_day_of_this_week_date_a_report() -> None:
    text = (
        "أعرب الرئيس الروسي فلاديمير بوتين، الاثنين، عن "
        "شكره للجنود الذين حاربوا في المنطقة الحدودية.\n"
        "وقال إن الجيش استعاد المنطقة في 26 أبريل/ نيسان (الجاري) "
        "وفقا للاتفاقية الموقعة في 19 يونيو/ حزيران 2024.\n"
        "وكان الهجوم على المنطقة قد بدأ في 6 أغسطس/ آب 2024 "
        "واستمر نحو تسعة أشهر حسب البيان الرسمي الصادر.\n"
    )
    published = plain(text).published
    assert published is not None
    assert published.precision == "day"
    assert published.earliest < datetime(2025, 4, 28, tzinfo=UTC) < published.latest
    assert published.uncertainty >= timedelta(days=1)


def test_a_weekday_alone_dates_nothing() -> None:
    assert plain(ARABIC.replace("أعلنت وزارة النقل", "أعلنت وزارة النقل الاثنين")).published is None


@pytest.mark.parametrize(
    ("hints", "id", "evidence"),
    [
        ({"url": "https://www.tasnimnews.com/fa/1"}, "tasnim", "domain"),
        ({"url": "https://t.me/farsna/444319", "outlet": "farsna"}, "fars", "domain"),
        ({"outlet": "RIA Novosti"}, "ria-novosti", "record"),
        ({"outlet": "خبرگزاری مهر"}, "mehr", "record"),
        ({"site": "aa.com.tr"}, "anadolu", "domain"),
    ],
)
def test_outlets_by_address_and_field(hints: dict[str, str], id: str, evidence: str) -> None:
    outlet = record("Title", "Text of the report.", **hints).outlet
    assert outlet is not None
    assert (outlet.id, outlet.evidence) == (id, evidence)


def test_unknown_outlets_keep_their_name() -> None:
    named = record("Title", "Text.", outlet="The Daily Tide").outlet
    hosted = record("Title", "Text.", url="https://www.daily-tide.example/1").outlet
    assert named is not None
    assert (named.id, named.name) == (None, "The Daily Tide")
    assert hosted is not None
    assert (hosted.id, hosted.name) == (None, "daily-tide.example")


def test_a_platform_is_no_outlet() -> None:
    outlet = record("Title", "Text.", url="https://t.me/some_unlisted_channel/5").outlet
    assert outlet is None or outlet.id is None


def test_the_rights_notice_names_the_site() -> None:
    page = (
        f"{PERSIAN}\nمسئولیت مطالب سایت «یلواستون» بر عهده منبع مطلب است و کلیه حقوق محفوظ است.\n"
    )
    outlet = plain(page).outlet
    assert outlet is not None
    assert (outlet.id, outlet.evidence) == ("yellowstone-ir", "rights")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PERSIAN, "fa"),
        (ARABIC, "ar"),
        ("د افغانستان د بهرنیو چارو وزیر وویل چې دوی به له ګاونډیو هېوادونو سره خبرې کوي", "ps"),
        ("وەزیری دەرەوەی عێراق گەیشتە هەولێر بۆ گفتوگۆ لەبارەی کێشەکان", "ckb"),
        ("وزیر خارجہ نے کہا ہے کہ دونوں ممالک کے درمیان مذاکرات جاری رہیں گے", "ur"),
        ("שר החוץ אמר כי שתי המדינות ימשיכו בשיחות", "he"),
        ("Министр заявил, что переговоры продолжатся", "ru"),
        ("Bakan, görüşmelerin süreceğini söyledi", "tr"),
        ("The minister said that the talks would continue", "en"),
        ("12:30 — 5/5", "und"),
        ("صدای انفجار در شیراز " + "ـ " * 22 + "تحولات و اخبار جدید ایران و آمریکا", "fa"),
        ("تصريحات وزير الخـــارجية عن " + "ـ " * 22 + "آخر الأخبار", "ar"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_page_of_menus_only_is_refused_with_a_reason() -> None:
    found = prepare(Page("p", "p", "12\n--\n|\n"), NAMES, SETTINGS)
    assert found == Rejected("p", "no article found")


def test_pages_prepared_together_are_prepared_as_each_alone() -> None:
    text, title, body = lay_out("A title", "A record tells its body and needs no cutting.")
    pages = [
        Page("a", "a", ARABIC),
        Page("r", "r", text, title, body),
        Page("long", "long", "x" * (SETTINGS.max_line_chars + 1)),
        Page("empty", "empty", " "),
        Page("b", "b", PERSIAN),
    ]
    together = prepare_all(pages, NAMES, SETTINGS)
    assert together == [prepare(page, NAMES, SETTINGS) for page in pages]
    assert [isinstance(one, Rejected) for one in together] == [False, False, True, True, False]


def test_preparing_twice_gives_the_same() -> None:
    page = Page("p.txt", "p.txt", ARABIC)
    assert articles(page) == articles(page)


@pytest.mark.parametrize(
    ("post", "said"),
    [
        ("خبر مهم آمد ✅ @AloNews خبر جنگ", ["خبر مهم آمد"]),
        ("خبر مهم آمد\n✅\n@AloNews\nخبر جنگ", ["خبر مهم آمد"]),
        ("🇮🇷 ✊ @AkhbareFori | Link", []),
        ("@Farsna - Link", []),
        ("#جام_تایم۲۶ 🇮🇷 ✊ @AkhbareFori", []),
        ("Talks end without a date. @wirenews", ["Talks end without a date."]),
        ("He wrote to @realname about peace.", ["He wrote to @realname about peace."]),
        ("ask a.b@c.org for more", ["ask a.b@c.org for more"]),
    ],
)
def test_the_signature_of_a_channel_is_no_sentence(post: str, said: list[str]) -> None:
    assert [span.of(post) for span in split_sentences(post, Span(0, len(post)))] == said
