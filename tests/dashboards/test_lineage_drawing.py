"""The drawing of a lineage: givers before takers, nothing through a node, any graph at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from newsstand import article, dam, link, origin, story

from clusterer.writing.drawing import BOX_WIDTH, draw
from clusterer.writing.lineage import lay_out

IDS = [f"a{number}" for number in range(7)]
ENDS = st.sampled_from([*IDS, "reuters", "afp"])
LINKS = st.lists(
    st.builds(
        link, ENDS, ENDS, st.sampled_from(["credit", "copy", "translation"]), st.floats(0, 1)
    ),
    max_size=20,
)


def told(links: list[dict]) -> dict:
    articles = [article(id, id, "words", "en", None, "2025-04-28T07:29:00Z") for id in IDS]
    return story("s", articles, origin(), links)


def test_a_hand_drawn_lineage() -> None:
    lineage = lay_out(dam())
    column = {node.id: node.column for node in lineage.nodes}
    assert column == {"reuters": 0, "fa/dam.txt": 1, "ar/dam.txt": 2, "ar/copy.txt": 3}
    assert [node.id for node in lineage.nodes if node.origin] == ["reuters"]
    assert lineage.alone == ("en/dam.txt#2",)
    assert lineage.columns == 4


def test_a_long_edge_passes_beside_the_node_between() -> None:
    lineage = lay_out(dam())
    passing = next(edge for edge in lineage.edges if edge.target == "ar/dam.txt" and edge.via)
    between = next(node for node in lineage.nodes if node.id == "fa/dam.txt")
    assert [column for column, _ in passing.via] == [between.column]
    assert abs(passing.via[0][1] - between.row) >= 1


def test_origin_outside_is_drawn_even_when_nobody_links_to_it() -> None:
    alone = dam()
    alone["lineage"] = []
    lineage = lay_out(alone)
    assert [node.id for node in lineage.nodes] == ["reuters"]


@given(LINKS)
def test_any_links_give_a_drawing_without_overlaps(links: list[dict]) -> None:
    lineage = lay_out(told(links))
    cells = [(node.column, node.row) for node in lineage.nodes]
    passages = [tuple(cell) for edge in lineage.edges for cell in edge.via]
    assert len({*cells, *passages}) == len(cells) + len(passages)
    assert all(0 <= column < lineage.columns for column, _ in cells)
    assert all(0 <= row < lineage.rows for _, row in cells)
    drawn = {node.id for node in lineage.nodes}
    assert drawn | set(lineage.alone) >= set(IDS)
    assert all({edge.source, edge.target} <= drawn for edge in lineage.edges)


@given(LINKS)
def test_without_circles_givers_stand_before_takers(links: list[dict]) -> None:
    rank = {id: place for place, id in enumerate(["reuters", "afp", *IDS])}
    onward = [item for item in links if rank[item["from"]] < rank[item["to"]]]
    lineage = lay_out(told(onward))
    column = {node.id: node.column for node in lineage.nodes}
    assert all(column[edge.source] < column[edge.target] for edge in lineage.edges)


@given(LINKS)
def test_right_to_left_is_the_mirror(links: list[dict]) -> None:
    lineage = lay_out(told(links))
    left, right = draw(lineage, "ltr"), draw(lineage, "rtl")
    assert (left.width, left.height) == (right.width, right.height)
    for one, other in zip(left.nodes, right.nodes, strict=True):
        assert one.y == other.y
        assert one.x + BOX_WIDTH + other.x == left.width
