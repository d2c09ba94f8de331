"""Cells of a lineage turned into pixels, for drawing without a browser's help."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.writing.lineage import Edge, Lineage, Node

BOX_WIDTH, BOX_HEIGHT = 192, 46
CELL_WIDTH, CELL_HEIGHT = 240, 68
MARGIN = 10
TIP = 7


@dataclass(frozen=True, slots=True)
class Box:
    """A node with the left upper corner of its box, and the middle of it across."""

    kind: str
    label: str
    title: str
    language: str | None
    origin: bool
    x: float
    y: float
    middle: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """An edge as the ``d`` of two SVG paths: the line, and the tip of its arrow."""

    kind: str
    confidence: float
    path: str
    tip: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    nodes: tuple[Box, ...]
    edges: tuple[Stroke, ...]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT
    alone: tuple[str, ...] = ()


def draw(lineage: Lineage, direction: str) -> Drawing:
    """Givers at the side where people of this direction (``ltr`` or ``rtl``) begin to read."""
    page = _Page(lineage.columns, -1 if direction == "rtl" else 1)
    boxes = {node.id: page.box(node) for node in lineage.nodes}
    return Drawing(
        width=max(lineage.columns - 1, 0) * CELL_WIDTH + BOX_WIDTH + 2 * MARGIN,
        height=max(lineage.rows - 1, 0) * CELL_HEIGHT + BOX_HEIGHT + 2 * MARGIN,
        nodes=tuple(boxes.values()),
        edges=tuple(
            page.stroke(edge, boxes[edge.source], boxes[edge.target]) for edge in lineage.edges
        ),
        alone=lineage.alone,
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """``onward`` is the sign of the direction in which the news runs across the page."""

    columns: int
    onward: int

    def corner(self, column: float, row: float) -> tuple[float, float]:
        across = column if self.onward > 0 else self.columns - 1 - column
        return MARGIN + across * CELL_WIDTH, MARGIN + row * CELL_HEIGHT

    def box(self, node: Node) -> Box:
        x, y = self.corner(node.column, node.row)
        middle = x + BOX_WIDTH / 2
        return Box(node.kind, node.label, node.title, node.language, node.origin, x, y, middle)

    def stroke(self, edge: Edge, giver: Box, taker: Box) -> Stroke:
        """A smooth line from side to side, straight where it passes between other nodes."""
        half = self.onward * BOX_WIDTH / 2
        onward = self.onward if (taker.x - giver.x) * self.onward >= 0 else -self.onward
        end = taker.middle - onward * BOX_WIDTH / 2
        neck = end - onward * TIP
        x, y = giver.middle + onward * BOX_WIDTH / 2, giver.y + BOX_HEIGHT / 2
        path = f"M{x:g} {y:g}"
        for column, row in edge.via:
            left, top = self.corner(column, row)
            middle, level = left + BOX_WIDTH / 2, top + BOX_HEIGHT / 2
            path += _curve(x, y, middle - half, level) + f"H{middle + half:g}"
            x, y = middle + half, level
        bottom = taker.y + BOX_HEIGHT / 2
        path += _curve(x, y, neck, bottom)
        tip = f"M{end:g} {bottom:g}L{neck:g} {bottom - TIP / 1.6:g}V{bottom + TIP / 1.6:g}Z"
        return Stroke(edge.kind, edge.confidence, path, tip)


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    bend = (to_x - x) / 2
    return f"C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}"
