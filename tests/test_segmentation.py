"""Pages are cut where a reader would cut them; nothing of a page is lost, all of it labelled."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.gazetteer import Gazetteer
from clusterer.news import KEPT
from clusterer.text.segment import Section, segment, segment_all

LEAD = (
    "أعلنت وزارة النقل يوم الاثنين عن خطة جديدة لتوسيع ميناء اللاذقية"
    " خلال العامين المقبلين بتمويل محلي."
)
BODY = [
    (
        "وقال الوزير في مؤتمر صحفي إن أعمال توسيع الميناء "
        "ستبدأ مطلع الشهر المقبل وستشمل رصيفين جديدين للحاويات."
    ),
    (
        "وأضاف أن الخطة تهدف إلى مضاعفة قدرة الميناء على استقبال "
        "السفن الكبيرة وتوفير آلاف فرص العمل لسكان المدينة."
    ),
    (
        "وكانت الحكومة قد أقرت العام الماضي ميزانية خاصة للموانئ "
        "بعد دراسة استمرت ستة أشهر شارك فيها خبراء محليون."
    ),
]
TITLE = "خطة جديدة لتوسيع ميناء اللاذقية بتمويل محلي"
MENU = ["الرئيسية", "سياسة", "اقتصاد", "رياضة", "فيديو", "اتصل بنا"]
OTHERS = [
    "الأرصاد تتوقع أمطارا غزيرة على المرتفعات الغربية",
    "المنتخب يفوز على ضيفه بثلاثة أهداف في التصفيات",
    "افتتاح معرض الكتاب السنوي بمشاركة خمسين دار نشر",
    "ارتفاع أسعار الذهب في الأسواق المحلية والعالمية",
]
SECOND = [
    "فوز المنتخب الوطني على ضيفه بثلاثة أهداف في التصفيات الآسيوية",
    (
        "حقق المنتخب الوطني لكرة القدم فوزا كبيرا على ضيفه بثلاثة "
        "أهداف دون رد في مباراة التصفيات الآسيوية مساء أمس."
    ),
    (
        "وسجل المهاجم هدفين في الشوط الأول من المباراة قبل أن "
        "يضيف زميله الهدف الثالث من ركلة جزاء قبل النهاية بدقائق."
    ),
    (
        "وبهذا الفوز يتصدر المنتخب مجموعته برصيد تسع نقاط من "
        "ثلاث مباريات ويقترب من التأهل إلى النهائيات المقبلة."
    ),
]
NAMES = Gazetteer.load()


def cut(*lines: str) -> tuple[str, tuple[Section, ...]]:
    text = "\n".join(lines)
    return text, segment(text, lambda name: NAMES.by_name(name) is not None)


def said(text: str, section: Section, *kinds: str) -> list[str]:
    return [block.span.of(text) for block in section.blocks if block.kind in kinds]


def test_menu_headline_body_source_and_list() -> None:
    text, (found,) = cut(
        *MENU, "", TITLE, "", LEAD, "", *BODY, "", "المصدر: سانا", "", "اقرأ أيضا", *OTHERS
    )
    assert found.title is not None
    assert found.title.of(text) == TITLE
    assert said(text, found, "body") == [LEAD, *BODY]
    assert said(text, found, "source_line") == ["المصدر: سانا"]
    assert found.span.of(text).startswith(TITLE)
    assert found.span.of(text).endswith("المصدر: سانا")


def test_a_standfirst_above_the_headline() -> None:
    text, (found,) = cut(*MENU, LEAD, "", "", TITLE, "", BODY[0], "", BODY[1], "", BODY[2])
    assert found.title is not None
    assert found.title.of(text) == TITLE
    assert said(text, found, "standfirst") == [LEAD]


def test_a_headline_printed_twice_counts_once() -> None:
    text, (found,) = cut(TITLE, "", TITLE, "", LEAD, "", *BODY)
    assert said(text, found, "headline") == [TITLE]
    assert said(text, found, "title_repeat") == [TITLE]


def test_furniture_inside_is_labelled_and_not_kept() -> None:
    text, (found,) = cut(
        TITLE, "", LEAD, "", "الصورة: رويترز", "", BODY[0], "", "إعلان", "", BODY[1], BODY[2]
    )
    kept = "\n".join(block.span.of(text) for block in found.blocks if block.kind in KEPT)
    assert "الصورة" not in kept
    assert "إعلان" not in kept
    assert said(text, found, "photo_credit") == ["الصورة: رويترز"]
    assert said(text, found, "advert") == ["إعلان"]


def test_a_second_article_without_headline_that_ends_with_its_source() -> None:
    text, found = cut(
        *(TITLE, "", LEAD, "", *BODY, "", "المصدر: سانا", "", "إقرأ أيضاً:", ""),
        *("\n\n".join(SECOND[1:]), "", "المصدر: رويترز"),
    )
    first, second = found
    assert first.span.of(text).endswith("المصدر: سانا")
    assert second.title is None
    assert said(text, second, "body") == SECOND[1:]
    assert said(text, second, "source_line") == ["المصدر: رويترز"]


def test_two_articles_each_with_its_source() -> None:
    text, found = cut(
        TITLE,
        "",
        LEAD,
        "",
        *BODY,
        "",
        "المصدر: سانا",
        "",
        "كلمات دلالية: ميناء اللاذقية",
        "",
        "إقرأ أيضاً:",
        "",
        SECOND[0],
        "",
        *SECOND[1:],
        "",
        "مقالات مشابهة",
        *OTHERS,
    )
    assert [section.title.of(text) for section in found if section.title] == [TITLE, SECOND[0]]
    assert said(text, found[0], "source_line") == ["المصدر: سانا"]
    assert said(text, found[1], "source_line") == []


def test_a_box_of_links_inside_does_not_part_an_article() -> None:
    text, found = cut(
        TITLE,
        "",
        LEAD,
        "",
        BODY[0],
        "",
        "اقرأ أيضا",
        "",
        OTHERS[0],
        OTHERS[1],
        "",
        BODY[1],
        "",
        BODY[2],
    )
    assert len(found) == 1
    assert found[0].span.of(text).endswith(BODY[2])


def test_a_name_alone_below_the_text_is_an_end_tag() -> None:
    text, (found,) = cut(LEAD, *BODY, "الأناضول", "تعليقات حول الموضوع")
    assert said(text, found, "end_tag") == ["الأناضول"]
    assert said(text, found, "comments") == ["تعليقات حول الموضوع"]


@pytest.mark.parametrize(
    ("title", "body", "furniture"),
    [
        (
            "Ministers agree on a plan to widen the northern port",
            [
                (
                    "Ministers agreed on Monday on a plan to widen the "
                    "northern port within two years, the cabinet said."
                ),
                (
                    "The work will begin next month and will add two new "
                    "berths for container ships, officials told reporters."
                ),
                (
                    "Residents of the port town welcomed the decision, "
                    "which is expected to bring several thousand jobs."
                ),
            ],
            ["Home", "World", "Sport", "Sign in"],
        ),
        (
            "Правительство одобрило план расширения северного порта",
            [
                (
                    "Правительство одобрило в понедельник план расширения "
                    "северного порта, сообщила пресс-служба кабинета министров."
                ),
                (
                    "Работы начнутся в следующем месяце, в порту построят два "
                    "новых причала для контейнеровозов, уточнили чиновники."
                ),
                (
                    "Жители портового города приветствовали решение, "
                    "которое создаст несколько тысяч новых рабочих мест."
                ),
            ],
            ["Главная", "Политика", "Спорт", "Войти"],
        ),
        (
            "Hükümet kuzey limanının genişletilmesi planını onayladı",
            [
                (
                    "Hükümet, kuzey limanının iki yıl içinde "
                    "genişletilmesini öngören planı pazartesi günü onayladı."
                ),
                (
                    "Çalışmalar gelecek ay başlayacak ve limana "
                    "konteyner gemileri için iki yeni rıhtım eklenecek."
                ),
                (
                    "Liman kentinde yaşayanlar, binlerce kişiye iş "
                    "sağlaması beklenen kararı memnuniyetle karşıladı."
                ),
            ],
            ["Ana Sayfa", "Dünya", "Spor", "Giriş Yap"],
        ),
        (
            "הממשלה אישרה את התוכנית להרחבת הנמל הצפוני",
            [
                (
                    "הממשלה אישרה ביום שני את התוכנית להרחבת הנמל "
                    "הצפוני בתוך שנתיים, כך נמסר ממשרד ראש הממשלה."
                ),
                (
                    "העבודות יתחילו בחודש הבא ויכללו שני רציפים "
                    "חדשים לאוניות מכולה, אמרו גורמים במשרד התחבורה."
                ),
                (
                    "תושבי עיר הנמל בירכו על ההחלטה, שצפויה להביא "
                    "לאזור כמה אלפי מקומות עבודה חדשים בשנים הקרובות."
                ),
            ],
            ["ראשי", "חדשות", "ספורט", "התחברות"],
        ),
        (
            "دولت طرح توسعه بندر شمالی را تصویب کرد",
            [
                (
                    "هیئت دولت روز دوشنبه طرح توسعه بندر شمالی را "
                    "تصویب کرد که قرار است ظرف دو سال آینده اجرا شود."
                ),
                (
                    "وزیر راه گفت کار ساخت دو اسکله جدید برای کشتی‌های "
                    "کانتینری از ماه آینده در این بندر آغاز خواهد شد."
                ),
                (
                    "ساکنان شهر بندری از این تصمیم استقبال کردند که "
                    "انتظار می‌رود هزاران فرصت شغلی در منطقه ایجاد کند."
                ),
            ],
            ["صفحه نخست", "سیاسی", "ورزشی", "تماس با ما"],
        ),
    ],
)
@pytest.mark.parametrize("gap", [[], [""]])
def test_every_language(title: str, body: list[str], furniture: list[str], gap: list[str]) -> None:
    lines = list(itertools.chain.from_iterable([line, *gap] for line in [title, *body]))
    text, (found,) = cut(*furniture, "", *lines)
    assert found.title is not None
    assert found.title.of(text) == title
    assert said(text, found, "body") == body


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["", TITLE, LEAD, *BODY, *MENU, *OTHERS, "المصدر: سانا", "• " + OTHERS[0]])
    )
)
def test_any_order_of_lines_is_labelled_once_and_in_order(lines: list[str]) -> None:
    text, found = cut(*lines)
    spans = [block.span for section in found for block in section.blocks]
    assert spans == sorted(spans)
    for before, after in itertools.pairwise(spans):
        assert before.end <= after.start
    if found:
        covered = "".join(span.of(text) for span in spans)
        assert len("".join(covered.split())) == len("".join(text.split()))


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_text_is_cut_without_harm(text: str) -> None:
    for section in segment(text):
        start, end = section.span
        assert 0 <= start < end <= len(text)
        assert any(block.kind in KEPT for block in section.blocks)


LINES = st.sampled_from(["", *MENU, TITLE, LEAD, *BODY, *OTHERS, *SECOND, "اقرأ أيضا", "x" * 300])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(LINES, max_size=40).map("\n".join) | st.text(), max_size=6))
def test_pages_cut_together_are_cut_as_each_alone(texts: list[str]) -> None:
    assert segment_all(texts) == [segment(text) for text in texts]


def test_many_long_pages_are_cut_as_each_alone() -> None:
    page = "\n".join([*MENU, TITLE, LEAD, *BODY, *OTHERS])
    texts = [page * 40, "", page, *[f"{page}\n{number}" for number in range(60)]]
    assert segment_all(texts) == [segment(text) for text in texts]


def test_cutting_again_gives_the_same() -> None:
    text, found = cut(*MENU, TITLE, "", LEAD, *BODY, "المصدر: سانا", *OTHERS)
    assert segment(text, lambda name: NAMES.by_name(name) is not None) == found


def test_lines_of_nothing_but_cues_do_no_harm() -> None:
    phrases = ["تابعونا على تلغرام لمتابعة كل جديد", "شارك الخبر عبر واتساب", "اقرأ أيضا: خبر آخر"]
    for count in (1, 3, 6):
        text, found = cut(*(phrases * count))
        for section in found:
            assert section.span.of(text)


def test_an_advertisement_line_inside_is_never_kept() -> None:
    follow = "مادة إعلانية تابعوا آخر الأخبار عبر Google News"
    text, (found,) = cut(LEAD, "", *BODY, "", follow, "", "المصدر: العربية")
    kept = [block.span.of(text) for block in found.blocks if block.kind in KEPT]
    assert follow not in kept
    assert kept[-1] == "المصدر: العربية"


def test_the_weights_are_fitted_to_what_a_page_is_cut_by() -> None:
    from benchmarks.fit_segment import headlines, partings, table
    from benchmarks.pages import GoldPage
    from clusterer.text.line_features import FEATURES
    from clusterer.text.line_score import load_forest

    lines = [*MENU, TITLE, LEAD, *BODY, "اقرأ أيضا", SECOND[0], *SECOND[1:]]
    text = "\n".join(lines)
    starts = {line: text.index(line) for line in lines}
    spans = {line: (start, start + len(line)) for line, start in starts.items()}
    articles = [[spans[line] for line in (TITLE, LEAD, *BODY)], [spans[line] for line in SECOND]]
    page = GoldPage("p", "ar", text, articles, [spans[TITLE], spans[SECOND[0]]])
    rows, truth, weights = table([page], blind=False)
    assert rows.shape == (len(lines), len(FEATURES))
    assert truth.tolist() == [line in (TITLE, LEAD, *BODY, *SECOND) for line in lines]
    assert len(weights) == len(lines)
    forest = load_forest("lines")
    for found, said, _ in (partings([page], False, forest), headlines([page], False, forest)):
        assert len(found) == len(said) > 0
