"""An HTML page may hold several reports; each becomes a page of its own with its own date."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.news import Page
from clusterer.reading import read
from clusterer.settings import Settings

PORT = (
    "توسعه بندر چابهار با سرمایه داخلی آغاز شد",
    [
        "وزیر راه و شهرسازی امروز گفت که کارهای توسعه بندر چابهار از ماه آینده آغاز می‌شود و دو "
        "اسکله تازه برای کشتی‌های بزرگ ساخته خواهد شد.",
        "به گفته او هزینه این طرح از سرمایه داخلی تأمین می‌شود و کارگران بومی در آن به کار "
        "گرفته خواهند شد تا اشتغال در شهر بیشتر شود.",
        "دولت سال گذشته بودجه‌ای ویژه برای بندرها تصویب کرده بود که بخشی از آن به همین طرح رسید.",
    ],
)
MATCH = (
    "تیم ملی والیبال با پیروزی به خانه بازگشت",
    [
        "تیم ملی والیبال شب گذشته در آخرین دیدار خود سه بر یک پیروز شد و در جدول گروه نخست ماند.",
        "سرمربی تیم پس از بازی گفت که بازیکنان جوان در این دیدار بیش از انتظار درخشیدند و "
        "آینده روشنی در انتظار این نسل است.",
        "دیدار بعدی تیم ملی هفته آینده در همین سالن برگزار می‌شود و بلیت‌های آن به فروش رسیده است.",
    ],
)


def report(told: tuple[str, list[str]], level: int = 2, link: str = "", date: str = "") -> str:
    title = f'<a href="{link}">{told[0]}</a>' if link else told[0]
    time = f'<time datetime="{date}">x</time>' if date else ""
    paragraphs = "".join(f"<p>{part}</p>" for part in told[1])
    return f"<article><h{level}>{title}</h{level}>{time}{paragraphs}</article>"


def card(title: str) -> str:
    return f'<article><h3><a href="/n/1">{title}</a></h3><p>خلاصه‌ای کوتاه از خبر.</p></article>'


def html(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html><html lang="fa"><head>{head}</head><body>{body}</body></html>'


def pages(folder: Path, text: str) -> list[Page]:
    path = folder / "a.html"
    path.write_text(text, "utf-8")
    found = list(read([path], Settings()))
    assert all(isinstance(page, Page) for page in found), found
    return found  # type: ignore[return-value]


def title(page: Page) -> str:
    assert page.title is not None
    return page.title.of(page.text)


def test_two_articles_are_two_pages_with_their_own_dates(tmp_path: Path) -> None:
    first, second = pages(
        tmp_path,
        html(
            report(PORT, date="2025-04-28T10:00:00+03:30")
            + report(MATCH, date="2025-04-27T20:00:00+03:30", link="https://x.ir/2")
        ),
    )
    assert (title(first), title(second)) == (PORT[0], MATCH[0])
    assert (first.id, second.id) == ("a.html", "a.html!2")
    assert (first.hints.published, second.hints.published) == (
        "2025-04-28T10:00:00+03:30",
        "2025-04-27T20:00:00+03:30",
    )
    assert second.hints.url == "https://x.ir/2"
    for page, told in ((first, PORT), (second, MATCH)):
        assert page.body is not None
        assert all(part in page.body.of(page.text) for part in told[1])
    assert MATCH[1][0] not in first.text


def test_the_head_of_the_page_speaks_of_the_report_that_it_names(tmp_path: Path) -> None:
    head = (
        f'<meta property="og:title" content="{MATCH[0]}">'
        '<meta property="article:published_time" content="2025-04-28T10:59:00+03:30">'
        '<meta name="original-source" content="https://tass.com/1">'
        '<meta property="og:site_name" content="نمونه">'
    )
    first, second = pages(tmp_path, html(report(PORT) + report(MATCH), head))
    assert (first.hints.published, first.hints.credits) == (None, ())
    assert second.hints.published == "2025-04-28T10:59:00+03:30"
    assert second.hints.credits == ("https://tass.com/1",)
    assert first.hints.outlet == second.hints.outlet == "نمونه"


@pytest.mark.parametrize(
    "beside",
    [
        "".join(map(card, ("خبر نخست", "خبر دوم", "خبر سوم"))),
        "<aside>" + report(MATCH) + "</aside>",
        '<section><h2>پربازدیدها</h2><ul><li><a href="/1">' + MATCH[0] + "</a></li></ul></section>",
    ],
)
def test_cards_and_boxes_are_no_reports(tmp_path: Path, beside: str) -> None:
    (page,) = pages(tmp_path, html(report(PORT, level=1) + beside))
    assert title(page) == PORT[0]


def test_a_report_with_headings_inside_stays_whole(tmp_path: Path) -> None:
    inner = "".join(
        f"<h2>{told[0]}</h2>" + "".join(f"<p>{part}</p>" for part in told[1])
        for told in (PORT, MATCH)
    )
    (page,) = pages(tmp_path, html(f"<article><h1>دو خبر مهم امروز</h1>{inner}</article>"))
    assert title(page) == "دو خبر مهم امروز"
    assert MATCH[1][2] in page.text


def test_two_reports_that_only_their_lines_tell_apart(tmp_path: Path) -> None:
    lines = [PORT[0], *PORT[1], "منبع: ایرنا", "بیشتر بخوانید:", MATCH[0], *MATCH[1], "منبع: ایسنا"]
    first, second = pages(tmp_path, html("".join(f"<div>{line}</div>" for line in lines)))
    assert (title(first), title(second)) == (PORT[0], MATCH[0])
    assert "منبع: ایرنا" in first.text
    assert "منبع: ایسنا" in second.text


def test_joiners_of_persian_are_kept(tmp_path: Path) -> None:
    (page,) = pages(tmp_path, html(report(PORT, level=1)))
    assert "می‌شود" in page.text
    assert PORT[1][0] in page.text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<title>{PORT[0]} - نمونه</title>", PORT[0]),
        ("<title>نمونه</title>", PORT[0]),
    ],
)
def test_the_heading_is_the_title_where_the_head_says_less(
    tmp_path: Path, markup: str, expected: str
) -> None:
    (page,) = pages(tmp_path, html(report(PORT, level=1), markup))
    assert title(page) == expected
