"""Verdicts on invented events: chains, loops, clocks, first-hand voices and abstention."""

from __future__ import annotations

import random

import pytest

from clusterer.news import Article, Credit, Event, Origin
from clusterer.sources.origin import decide_story
from tests.origin_material import article, credit, origin, verdict

Told = list[tuple[Article, tuple[Credit, ...]]]

SHOIGU = (
    "به گزارش خبرگزاری مهر به نقل از تاس، خبرگزاری مرکزی کره از دیدار رهبر این کشور"
    " با وزیر دفاع روسیه خبر داد.\nمنبع: مهر"
)


def chained(id: str = "n2", text: str = SHOIGU) -> tuple[Article, tuple[Credit, ...]]:
    one = article(id, text, outlet="yellowstone-ir")
    return one, (
        credit(one, "خبرگزاری مهر", "mehr"),
        credit(one, "تاس", "tass", "relayed", consumer="mehr"),
        credit(one, "خبرگزاری مرکزی کره", "kcna", "relayed", consumer="tass"),
    )


def three_hops_and_a_rival() -> Told:
    ar = article(
        "a2",
        "ذكرت وكالة تاس، نقلا عن وكالة الأنباء المركزية الكورية، أن زعيم كوريا الشمالية استقبل"
        " الأربعاء وفدا.",
        "ar",
        "elnashra",
        "2024-10-03T09:20:00+03:00",
    )
    fa = article("a3", "به گزارش یونهاپ، رهبر کره شمالی هیئتی را به حضور پذیرفت.", "fa", "asriran")
    return [
        chained("a1"),
        (
            ar,
            (
                credit(ar, "وكالة تاس", "tass"),
                credit(ar, "وكالة الأنباء المركزية الكورية", "kcna", "relayed", consumer="tass"),
            ),
        ),
        (fa, (credit(fa, "یونهاپ", "yonhap"),)),
    ]


def wam_and_its_copies() -> Told:
    own = article(
        "b1",
        "أبوظبي في 14 مايو / وام / أعلنت وزارة الاقتصاد توقيع اتفاقية شراكة مع كينيا تشمل الخدمات"
        " اللوجستية، وقال الوزير إن حجم التبادل بلغ ثلاثة مليارات دولار.",
        "ar",
        "wam",
        "2024-05-14T12:10:00+04:00",
    )
    fa = article(
        "b2",
        "به گزارش ایسنا به نقل از خبرگزاری امارات (وام)، وزارت اقتصاد از توافق با کنیا خبر داد.",
        "fa",
        "isna",
        "2024-05-14T11:55:00+03:30",
    )
    copy = article(
        "b3",
        "أعلنت وزارة الاقتصاد توقيع اتفاقية شراكة مع كينيا تشمل الخدمات اللوجستية.\nالمصدر: وام",
        "ar",
        "arabkhabar",
    )
    return [
        (own, (credit(own, "وام", "wam", "self", construction="D2"),)),
        (fa, (credit(fa, "ایسنا", "isna", "self"), credit(fa, "وام", "wam"))),
        (copy, (credit(copy, "المصدر: وام", "wam", construction="S1"),)),
    ]


def loop(with_voice: bool) -> Told:
    one = article("k1", "نقلت قناة العالم أن انفجارا وقع قرب الميناء.", "ar", "almayadeen")
    other = article(
        "k2", "به گزارش العالم به نقل از المیادین، انفجاری نزدیک بندر رخ داد.", "fa", "al-alam"
    )
    voice = article("k3", "وقال شهود عيان لشفق نيوز إن دويا سمع عند المرفأ.", "ar", "shafaq")
    told: Told = [
        (one, (credit(one, "قناة العالم", "al-alam"),)),
        (other, (credit(other, "المیادین", "almayadeen"),)),
    ]
    if with_voice:
        told.append((voice, (credit(voice, "شفق نيوز", "shafaq", "self", first_hand=True),)))
    return told


def test_closed_chains_outweigh_a_single_rival() -> None:
    found = origin(three_hops_and_a_rival())
    assert (found.kind, found.agency) == ("external", "kcna")
    assert found.confidence >= 0.8
    assert found.chain == ("mehr", "tass", "kcna")
    assert found.article is None
    assert found.nearest_copy == "a1"
    assert found.alternatives[0].id == "yonhap"


def test_the_wires_own_article_is_the_origin_though_its_clock_reads_later() -> None:
    found = origin(wam_and_its_copies())
    assert (found.kind, found.article, found.agency) == ("article", "b1", "wam")
    assert found.confidence >= 0.9


def test_two_clocks_within_tolerance_and_no_citation_abstain() -> None:
    first = article(
        "c1",
        "تهران - ایرنا - سخنگو گفت گفت‌وگو در مسقط است.",
        "fa",
        "irna",
        "2025-06-08T09:10+03:30",
    )
    other = article(
        "c2", "قال المتحدث إن الجولة ستعقد في مسقط.", "ar", "almayadeen", "2025-06-08T08:45+03:00"
    )
    found = origin(
        [
            (
                first,
                (
                    credit(first, "ایرنا", "irna", "self", construction="D1"),
                    credit(first, "سخنگو", "mfa-iran", "issuer"),
                ),
            ),
            (other, (credit(other, "المتحدث", "mfa-iran", "issuer"),)),
        ]
    )
    assert (found.kind, found.article, found.agency) == ("issuer", None, None)
    assert found.issuer is not None
    assert found.issuer.id == "mfa-iran"
    assert found.lean == "c1"
    assert 0.4 <= found.confidence <= 0.6


def test_a_photo_credit_is_told_and_not_counted() -> None:
    one = article("d1", "صورة / AP\nبيروت - (أ ف ب) - عقد المجلس جلسته الأولى.", "ar", "annahar")
    found = origin(
        [(one, (credit(one, "AP", "ap", "photo", strength=0.0), credit(one, "أ ف ب", "afp")))]
    )
    assert (found.kind, found.agency) == ("external", "afp")
    assert [item.words for item in found.ignored] == ["AP"]
    assert "AP (photo credit)" in found.explanation


def test_nobody_named_abstains() -> None:
    told: Told = [
        (article("e1", "أعلنت السلطات إغلاق المطار مؤقتا بسبب الضباب.", "ar"), ()),
        (article("e2", "مقام‌ها از بسته شدن موقت فرودگاه خبر دادند.", "fa"), ()),
    ]
    found = origin(told)
    assert (found.kind, found.status) == ("undetermined", "undetermined")
    assert found.confidence < 0.4


def test_a_loop_without_a_voice_has_no_origin() -> None:
    found = origin(loop(with_voice=False))
    assert found.kind == "undetermined"
    assert "loop:al-alam,almayadeen" in found.flags


def test_a_first_hand_voice_outside_the_loop_is_the_origin_with_low_confidence() -> None:
    found = origin(loop(with_voice=True))
    assert (found.kind, found.article) == ("article", "k3")
    assert 0.45 <= found.confidence <= 0.65
    assert not {"al-alam", "almayadeen"} & {other.id for other in found.alternatives}


@pytest.mark.parametrize(
    ("clock", "text", "kind"),
    [
        ("2025-05-01T09:00:00+03:30", "رئیس سازمان از آغاز ساخت نیروگاه خبر داد.", "article"),
        ("2025-05-01T17:00:00+03:30", "وزیر نیرو از روند کار بازدید کرد.", "external"),
        ("2025-05-01T17:00:00+03:30", "رئیس سازمان از آغاز ساخت نیروگاه تازه خبر داد.", "article"),
    ],
)
def test_a_far_later_article_of_the_credited_agency_is_its_origin_only_as_the_same_text(
    clock: str, text: str, kind: str
) -> None:
    copy = article(
        "t1",
        "فارس: رئیس سازمان از آغاز ساخت نیروگاه تازه خبر داد.",
        "fa",
        "alonews",
        "2025-05-01T10:00:00+03:30",
    )
    own = article("t2", text, "fa", "fars", clock)
    found = origin([(copy, (credit(copy, "فارس", "fars"),)), (own, ())])
    assert (found.kind, found.agency) == (kind, "fars")
    assert found.article == ("t2" if kind == "article" else None)


def test_an_agencys_hand_is_a_hint_and_no_citation() -> None:
    one = article(
        "s1",
        "وقالت وكالة الأنباء المركزية الكورية إنّه قبل الدعوة مؤكدة أنّ الزيارة قريبة."
        "\nالمصدر: العربية",
        "ar",
    )
    found = origin(
        [
            (
                one,
                (
                    credit(one, "المصدر: العربية", "al-arabiya", scope="article"),
                    credit(
                        one,
                        "وكالة الأنباء المركزية الكورية",
                        "kcna",
                        "relayed",
                        consumer="al-arabiya",
                    ),
                ),
            )
        ]
    )
    assert found.agency == "kcna"
    assert "style:afp" in found.flags
    assert "afp" not in found.chain


def test_copies_of_one_text_are_one_witness() -> None:
    afp = [
        article(f"f{number}", "أعلن الوزير استقالته مساء اليوم من منصبه.\nالمصدر: أ ف ب", "ar")
        for number in range(10)
    ]
    rival = [
        article("r1", "به گزارش رویترز وزیر دارایی شامگاه کناره‌گیری کرد.", "fa"),
        article("r2", "Министр ушёл в отставку, сообщает Рейтер со ссылкой на канцелярию.", "ru"),
    ]
    told: Told = [(one, (credit(one, "أ ف ب", "afp"),)) for one in afp]
    told += [
        (rival[0], (credit(rival[0], "رویترز", "reuters"),)),
        (rival[1], (credit(rival[1], "Рейтер", "reuters"),)),
    ]
    found = verdict(told)
    assert found.origin.agency == "reuters"
    assert found.independent_source_count == 2


def test_a_copy_that_drops_a_hop_descends_from_the_dropped_one() -> None:
    short = article(
        "n1", SHOIGU.replace("خبرگزاری مهر به نقل از ", "").split("\n")[0], "fa", "fararu"
    )
    found = verdict([(short, (credit(short, "تاس", "tass"),)), chained()])
    assert found.origin.agency == "kcna"
    inferred = [link for link in found.links if (link.source, link.target) == ("mehr", "n1")]
    assert inferred
    assert inferred[0].confidence <= 0.75
    assert inferred[0].kind != "credit"


def test_vague_media_are_resolved_only_by_a_sibling() -> None:
    vague = article("v1", "وجاء في بيان نشرته وسائل إعلام كوريا الشمالية.\nالمصدر: نوفوستي", "ar")
    named = article("v2", "وذكرت وكالة الأنباء المركزية الكورية أن القوات عادت.", "ar")
    one = (
        vague,
        (
            credit(vague, "نوفوستي", "ria-novosti"),
            credit(
                vague,
                "وسائل إعلام كوريا الشمالية",
                None,
                "vague",
                consumer="ria-novosti",
                strength=0.15,
                candidates=("kcna", "rodong-sinmun"),
            ),
        ),
    )
    other = (named, (credit(named, "وكالة الأنباء المركزية الكورية", "kcna"),))
    assert origin([one]).agency == "ria-novosti"
    assert origin([one, other]).agency == "kcna"


def test_two_lines_of_one_statement_have_its_issuer_and_no_wire() -> None:
    rt = article("p1", "در بیانیه کرملین آمده است قدردانی می‌کنیم.\nمنبع: آر تی", "fa")
    aa = article("p2", "أعرب بوتين في بيان عن شكره للجنود.\nالأناضول", "ar")
    found = origin(
        [
            (rt, (credit(rt, "کرملین", "kremlin", "issuer"), credit(rt, "آر تی", "rt"))),
            (aa, (credit(aa, "الأناضول", "anadolu", construction="D5"),)),
        ]
    )
    assert (found.kind, found.agency) == ("issuer", None)
    assert found.issuer is not None
    assert found.issuer.id == "kremlin"
    assert "several_carriers" in found.flags


def test_an_outlets_article_without_any_mark_is_not_called_an_origin() -> None:
    headline = article("h1", "Сенатор заявил, что угрозы не было", "ru", "tass")
    assert origin([(headline, ())]).kind == "undetermined"


def test_an_outlets_own_dateline_makes_its_article_the_origin() -> None:
    one = article("q1", "الدوحة في 28 فبراير /قنا/ تلقى أمير البلاد اتصالا هاتفيا.", "ar", "qna")
    found = origin([(one, (credit(one, "قنا", "qna", "self", construction="D2"),))])
    assert (found.kind, found.article, found.agency) == ("article", "q1", "qna")


def test_a_byline_of_agencies_takes_away_an_outlets_claim() -> None:
    one = article("y1", "المسيرة نت| متابعات: أعلنت الوزارة إغلاق الطريق.", "ar", "almasirah")
    own = credit(one, "المسيرة نت", "almasirah", "self", construction="D1")
    vague = credit(one, "متابعات", None, "vague", construction="D4", strength=0.2)
    assert origin([(one, (own,))]).kind == "article"
    assert origin([(one, (own, vague))]).kind == "undetermined"


def test_an_edition_is_its_outlet() -> None:
    fa = article("x1", "رئیس جمهور قدردانی کرد.\nمنبع: آر تی", "fa")
    rt = article("x2", "أعرب الرئيس عن شكره للقوات المشاركة.", "ar", "rt-arabic")
    found = origin([(fa, (credit(fa, "آر تی", "rt"),)), (rt, ())])
    assert (found.kind, found.article, found.agency) == ("article", "x2", "rt-arabic")


@pytest.mark.parametrize("seed", range(5))
def test_the_verdict_does_not_depend_on_order(seed: int) -> None:
    for told in (three_hops_and_a_rival(), wam_and_its_copies(), loop(with_voice=True)):
        shuffled = list(told)
        random.Random(seed).shuffle(shuffled)
        assert verdict(shuffled) == verdict(told)


@pytest.mark.parametrize("told", [three_hops_and_a_rival(), wam_and_its_copies()])
def test_every_proof_quotes_its_article_word_for_word(told: Told) -> None:
    texts = {one.id: one.text for one, _ in told}
    found = origin(told)
    assert found.evidence
    for item in (*found.evidence, *found.ignored):
        assert item.span.of(texts[item.article]) == item.words
        assert item.words.strip() == item.words
    assert found.evidence[0].words in found.explanation
    assert found.explanation.endswith(".")


def event(id: str, articles: tuple[str, ...], found: Origin) -> Event:
    return Event(id, articles, found, {}, 1)


def test_a_story_takes_the_origin_of_its_main_event_with_less_confidence() -> None:
    told = three_hops_and_a_rival()
    big = event("e1", ("a1", "a2", "a3"), origin(told))
    small = event("e2", ("z1",), Origin.undetermined("nothing is known"))
    found = decide_story([small, big], [one for one, _ in told])
    assert found.agency == "kcna"
    assert found.confidence == pytest.approx(big.origin.confidence * 0.7, abs=1e-3)
    assert decide_story([big], []) == big.origin


def test_a_report_that_another_denies_is_no_origin() -> None:
    told = article("a", "Bloomberg reported the minister resigned.", "en", "dawn")
    denial = article("b", "The ministry denied the Bloomberg report.", "en", "the-hindu")
    found = origin(
        [
            (told, (credit(told, "Bloomberg", "bloomberg"),)),
            (denial, (credit(denial, "Bloomberg", "bloomberg", "denied"),)),
        ]
    )
    assert found.agency != "bloomberg"
    assert "denied:bloomberg" in found.flags
    assert "Bloomberg" in {one.words for one in found.ignored}


def test_the_runner_up_is_told_apart_by_what_decided() -> None:
    one = article("a", "Reuters says the ship sank.", "en", "dawn")
    two = article("b", "According to Reuters the vessel went down.", "en", "the-hindu")
    own = article("c", "Ein Kapitän sagte AFP, das Schiff sei weg.", "en", "elnashra")
    found = origin(
        [
            (one, (credit(one, "Reuters", "reuters"),)),
            (two, (credit(two, "Reuters", "reuters"),)),
            (own, (credit(own, "AFP", "afp"),)),
        ]
    )
    assert found.agency == "reuters"
    told = [one for one in found.statements if one.key == "fewer"]
    assert [(one.names[0].id, one.counts) for one in told] == [("afp", (1, 3))]


def test_an_abstention_shows_the_words_of_what_it_leans_to() -> None:
    lone = article("a", "The bridge closed.\nSource: Reuters", "en")
    other = article("b", "A bridge was shut on Monday.", "en", "dawn")
    third = article("c", "Traffic stopped after the closure.", "en", "the-hindu")
    found = origin([(lone, (credit(lone, "Reuters", "reuters"),)), (other, ()), (third, ())])
    assert found.kind == "undetermined"
    assert [proof.article for proof in found.evidence] == ["a"]
    assert "Source: Reuters" in found.evidence[0].words
