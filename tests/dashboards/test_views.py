"""What is worked out of a story for people: volume, time line, reasons, marked text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from newsstand import article, bridge, dam, link, origin, story, why

from clusterer.writing.timeline import spread
from clusterer.writing.views import (
    LONGEST_LINE,
    LONGEST_WORD,
    clipped,
    mentioned,
    paragraphs,
    pieces,
    reasons,
    summary,
    titles,
    volume,
)

HOURS = st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=1, max_size=30)


def at(hours: list[int | None]) -> dict:
    known = [
        None if hour is None else f"2025-04-{1 + hour // 24:02}T{hour % 24:02}:00:00Z"
        for hour in hours
    ]
    return story(
        "s",
        [article(f"{n}", "t", "b", "en", f"o{n % 3}", moment) for n, moment in enumerate(known)],
        origin(),
    )


@given(HOURS)
def test_volume_counts_every_dated_article_once(hours: list[int | None]) -> None:
    assert sum(volume(at(hours))) == sum(hour is not None for hour in hours)


@given(HOURS)
def test_the_time_line_holds_every_article_once_and_in_bounds(hours: list[int | None]) -> None:
    told = spread(at(hours))
    marks = [mark for line in told.lines for mark in line.marks]
    assert sorted([*told.undated, *(mark.id for mark in marks)]) == sorted(
        str(place) for place in range(len(hours))
    )
    assert all(0 <= mark.before <= mark.place <= mark.after <= 1 for mark in marks)


@given(HOURS)
def test_outlets_that_are_unknown_share_no_line(hours: list[int | None]) -> None:
    told = at(hours)
    for item in told["articles"][::2]:
        item["outlet"] = item["outlet_name"] = None
    for line in spread(told).lines:
        assert len(line.marks) == 1 or line.outlet is not None


def test_a_story_is_headed_in_each_of_its_languages() -> None:
    told = dam()
    assert titles(told) == {
        "fa": "سد «رود سبز» به بهره‌برداری رسید",
        "ar": "افتتاح سد النهر الأخضر",
        "en": "Minister opens the Green River dam",
    }
    told["articles"][2]["title"] = "Later, in the same language"
    assert titles(told)["ar"] == "افتتاح سد النهر الأخضر"
    told["title"] = "As the story is called"
    assert titles(told)["fa"] == "As the story is called"


def test_volume_of_a_hand_drawn_story() -> None:
    assert volume(dam())[0] == 1
    assert sum(volume(dam())) == 3
    assert volume(bridge()) == (1,)


def test_a_pair_of_sentences_is_told_once_whichever_side_tells_it() -> None:
    told = dam()
    mine, theirs = told["articles"][1]["why"][0]["mine"], told["articles"][1]["why"][0]["theirs"]
    told["articles"][0]["why"] = [why("ar/dam.txt", 0.913, theirs, mine)]
    told["articles"][2]["why"] = [why("fa/dam.txt", 0.99, "x", "y")]
    found = reasons(told)
    assert [reason.similarity for reason in found] == [0.99, 0.913]
    assert {found[1].left, found[1].right} == {"fa/dam.txt", "ar/dam.txt"}


def test_pieces_are_the_text_and_its_credits() -> None:
    told = dam()["articles"][0]
    cut = pieces(told)
    assert "".join(piece.text for piece in cut) == told["text"]
    assert [piece.text for piece in cut if piece.credit is not None] == ["به گزارش رویترز"]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_any_spans_leave_the_text_whole(spans: list[tuple[int, int]]) -> None:
    told = dam()["articles"][0]
    credit = told["credits"][0]
    told["credits"] = [{**credit, "span": list(span)} for span in spans]
    assert "".join(piece.text for piece in pieces(told)) == told["text"]
    assert "".join(piece.text for line in paragraphs(told) for piece in line) == told["text"]


@given(st.lists(st.text(alphabet="ab \n\u2028", max_size=9000), max_size=3))
@settings(max_examples=30)
def test_lines_are_whole_and_short(parts: list[str]) -> None:
    told = article("x", "t", "\n".join(parts), "en", None, None)
    lines = ["".join(piece.text for piece in line) for line in paragraphs(told)]
    assert "".join(lines) == told["text"]
    assert all(len(line) < LONGEST_LINE + LONGEST_WORD and "\n" not in line[:-1] for line in lines)


@given(st.text(max_size=30), st.integers(2, 20))
def test_clipping(words: str, limit: int) -> None:
    assert len(clipped(words, limit)) <= limit
    assert clipped(words, 30) == words


def test_all_agencies_of_a_story_are_mentioned_and_no_article() -> None:
    told = dam()
    told["origin"]["alternatives"] = [{"id": "afp", "confidence": 0.1}]
    told["lineage"].append(link("tass", "reuters", "credit"))
    assert mentioned(told) == ("afp", "reuters", "tass")


def test_an_undetermined_origin_names_the_outlet_it_leans_to() -> None:
    told = dam()
    told["origin"] = origin(lean="fa/dam.txt")
    assert summary(told)["origin"]["lean"] == "روزنامهٔ بامداد"
    told["origin"] = origin()
    assert summary(told)["origin"]["lean"] is None


def test_summary_has_no_text_of_articles() -> None:
    assert not {"articles", "text"} & summary(dam()).keys()
