"""Ways of crediting that readers of further articles met: posts, feeds, Urdu, Kurdish, Hebrew."""

from __future__ import annotations

import pytest

from clusterer.gazetteer import Gazetteer
from clusterer.news import Credit, Hints, Page, Rejected, Span
from clusterer.prepare import prepare
from clusterer.settings import Settings
from clusterer.sources.credits import find_credits

GAZETTEER = Gazetteer.load()


def credits(text: str, language: str, outlet: str | None = None) -> tuple[Credit, ...]:
    hints = Hints(language=language, outlet=outlet)
    page = Page("a", "a", text, body=Span(0, len(text)), hints=hints)
    prepared = prepare(page, GAZETTEER, Settings())
    assert not isinstance(prepared, Rejected)
    return find_credits(prepared[0], GAZETTEER)


def voices(text: str, language: str, outlet: str | None = None) -> list[tuple[str, str]]:
    return [
        (credit.agency or credit.name, credit.role)
        for credit in credits(text, language, outlet)
        if credit.role not in ("issuer", "carrier", "vague")
    ]


@pytest.mark.parametrize(
    ("language", "text", "supplier"),
    [
        # posts
        ("fa", "زیرنویس شبکه خبر: پل بازگشایی شد", "irib"),
        ("fa", "مجری ان‌بی‌سی: پل بازگشایی شد", "nbc"),
        ("fa", "اسرائیل هیوم خطاب به وزیر: پل را باز کنید", "israel-hayom"),
        ("fa", "مصاحبه وزیر با فاکس‌نیوز پس از گشایش پل: امروز روز خوبی است", "fox-news"),
        ("fa", "بنابر اطلاع ایران‌وایر، پل بازگشایی شد.", "iranwire"),
        ("ar", "وكالة إرنا حول تفاصيل افتتاح الجسر في المدينة:\nنص البيان", "irna"),
        ("ar", "#رويترز  أضرار في الجسر القديم", "reuters"),
        # programmes and interviews
        ("ar", "وصرح المدرب، عبر إذاعة أون سبورت: سنبدأ التدريب غدا", "on-time-sport"),
        ("ar", "وأضاف الوزير، في مقابلة هاتفية استمرت دقائق مع شبكة «CNN»: الجسر مفتوح", "cnn"),
        ("ar", "ونقلت السي ان ان عن مسؤول أن الجسر مفتوح.", "cnn"),
        ("tr", "Bakan, A Haber canlı yayınında soruları yanıtladı.", "a-haber"),
        ("he", 'העיתון הבריטי "פייננשל טיימס" שוחח עם בכירים וטוען כי הגשר נסגר.', "ft"),
        ("he", "עוזר בכיר מסר ל- CNN שהגשר נפתח.", "cnn"),
        ("he", "הגשר נפתח, כך דיווח ה- South China Morning Post ביום ראשון.", "scmp"),
        # Turkish date lines and portals
        ("tr", "DHA 18.01.2026 13:57 - Güncelleme: 18.01.2026 13:57\n\nKöprü açıldı.", "dha"),
        ("tr", "Köprü açıldı ve trafik başladı.\n\nAA - Son Dakika Haberleri", "anadolu"),
        # feeds
        (
            "en",
            "The bridge is open.\nThe post Bridge opens appeared first on Al Monitor.",
            "al-monitor",
        ),
        # Urdu: the verb, and whoever was cited, come last
        ("ur", "حارث نے ایسوسی ایٹڈ پریس کو بتایا کہ پل کھل گیا ہے۔", "ap"),
        ("ur", "وال سٹریٹ جرنل کی رپورٹ کے مطابق پل کھل گیا۔", "wsj"),
        ("ur", "ڈیلی مرر کے ساتھ ایک خصوصی انٹرویو میں وزیر نے پل کا ذکر کیا۔", "daily-mirror"),
        # Kurdish: whoever was spoken to stands before the verb
        ("ckb", "وتەبێژێک بە ڕۆیتەرزی وت، پردەکە کراوەیە.", "reuters"),
        ("ckb", "وەزیر لە وتووێژ لەگەڵ ڕۆژنامەی ساندێی تایمز دا باسی پردەکەی کرد.", "the-times"),
    ],
)
def test_supplier(language: str, text: str, supplier: str) -> None:
    assert (supplier, "supplier") in voices(text, language)


def test_urdu_names_its_second_source_behind_the_first() -> None:
    text = (
        "خبر رساں ادارے روئٹرز نے ایرانی خبر رساں ایجنسی تسنیم کے حوالے سے رپورٹ کیا کہ پل کھل گیا۔"
    )
    found = {credit.agency: credit for credit in credits(text, "ur")}
    assert found["reuters"].role == "supplier"
    assert (found["tasnim"].role, found["tasnim"].consumer) == ("relayed", "reuters")


def test_two_agencies_report_side_by_side() -> None:
    found = voices("Tasnim and Mehr news agencies reported that the bridge is open.", "en")
    assert {agency for agency, _ in found} >= {"tasnim", "mehr"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        # an embedded post signs itself
        (
            "en",
            "The bridge fell pic.twitter.com/a1 — Middle East Eye (@MiddleEastEye) March 1, 2026",
        ),
        # a journalist's name is no newspaper's
        ("tr", "Gazeteci İsmail Güneş köprüde anıldı, açıklama yaptı."),
        ("tr", "Batı Akdeniz Kalkınma Ajansı köprü için destek verdiğini duyurdu."),
        # "to tell" is no channel
        ("ar", "أكره أن أخبر المكسيك بهذا"),
        ("ar", "#الجمهورية_الإسلامية الموجة الجديدة أغلقت الجسر"),
        # everyday Hebrew: a network of power lines, a building site, new targets
        ("he", "רשת החשמל קרסה ואתר הבנייה ננעל, דווח בעיר."),
        ("he", "עיתון סיני רשמי פרסם מודעה על הגשר."),
    ],
)
def test_nobody_is_credited(language: str, text: str) -> None:
    assert voices(text, language, "Example") == []


def issuers(text: str, language: str) -> list[tuple[str | None, str]]:
    return [(one.agency, one.name) for one in credits(text, language) if one.role == "issuer"]


def test_an_office_of_another_country_is_not_the_one_at_home() -> None:
    assert issuers("رئیس‌جمهور: پل را باز می‌کنیم", "fa") == [("pezeshkian", "رئیس‌جمهور")]
    assert issuers("رئیس‌جمهور فرانسه: پل را باز می‌کنیم", "fa") == [(None, "رئیس‌جمهور فرانسه")]
    told = issuers("وزارت خارجه عمان در بیانیه‌ای از گشایش پل خبر داد.", "fa")
    assert told == [("mfa-oman", "وزارت خارجه عمان")]
    assert issuers("وزارت خارجه در بیانیه‌ای از گشایش پل خبر داد.", "fa")[0][0] == "mfa-iran"
