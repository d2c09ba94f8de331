"""An outlet's own report: its marks, what it proves, and what is no line of reporting."""

from __future__ import annotations

from tests.origin_material import article, credit, origin, verdict


def test_a_reporters_line_makes_the_report_its_outlets_and_is_shown() -> None:
    text = "افتتاح الجسر الجديد\nكتب محمود العمري\nافتتح الوزير اليوم الجسر الجديد في المدينة."
    one = article("s1", text, "ar", "youm7")
    found = origin([(one, ())])
    assert (found.kind, found.agency) == ("article", "youm7")
    assert [proof.words for proof in found.evidence] == ["كتب محمود العمري"]
    unsigned = article("s2", text.replace("كتب محمود العمري\n", ""), "ar", "youm7")
    assert origin([(unsigned, ())]).kind == "undetermined"


def test_a_source_line_with_its_own_name_is_an_outlets_mark() -> None:
    text = "افتتح الوزير اليوم الجسر الجديد في المدينة.\nالمصدر: اليوم السابع"
    one = article("s1", text, "ar", "youm7")
    own = credit(one, "اليوم السابع", "youm7", "self", construction="S1", scope="article")
    assert origin([(one, (own,))]).kind == "article"


def test_a_report_compiled_from_agencies_is_no_line_beside_another() -> None:
    wire = article("w1", "أعلنت الوزارة فتح الجسر، بحسب رويترز.", "ar", "dawn")
    compiled = article("w2", "وكالات: عبر مئات الأشخاص الجسر بعد ساعات من فتحه.", "ar", "youm7")
    vague = credit(compiled, "وكالات", None, "vague", construction="D4", strength=0.1)
    cited = (wire, (credit(wire, "رويترز", "reuters"),))
    assert verdict([cited, (compiled, (vague,))]).independent_source_count == 1
    assert verdict([(compiled, (vague,))]).independent_source_count == 1
    other = article("w3", "عبر مئات الأشخاص الجسر بعد ساعات من فتحه.", "ar", "youm7")
    assert verdict([cited, (other, ())]).independent_source_count == 2


def test_sources_far_from_any_chance_are_not_called_equally_likely() -> None:
    outlets = ("dawn", "the-hindu", "youm7", "haaretz")
    words = ("A bridge was shut", "Traffic stopped downtown", "Crowds waited long", "It reopened")
    told = [
        (article(f"f{k}", f"{said} on Monday.", "en", outlet), ())
        for k, (said, outlet) in enumerate(zip(words, outlets, strict=True))
    ]
    cited = article("f9", "Police closed roads, Reuters reported.", "en", "dhaka-tribune")
    found = origin([*told, (cited, (credit(cited, "Reuters", "reuters"),))])
    assert found.kind == "undetermined"
    assert "too_close" not in found.flags
    assert not any(one.key == "leans" for one in found.statements)


def test_one_sentence_is_not_quoted_twice() -> None:
    text = "به گزارش خبرگزاری مهر به نقل از تاس، پل بازگشایی شد."
    one = article("q1", text, "fa", "yellowstone-ir")
    credits = (
        credit(one, "خبرگزاری مهر", "mehr"),
        credit(one, "تاس", "tass", "relayed", consumer="mehr"),
    )
    found = origin([(one, credits)])
    assert found.agency == "tass"
    assert len(found.statements[0].quotes) == 1
