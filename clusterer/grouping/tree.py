"""What was merged when: the tree that a linkage leaves behind."""

from __future__ import annotations

import math
from collections.abc import Iterator

# A merge's place in the order of all merges of its stage: support descending, then least names.
Key = tuple[float, str, str]
# Stage; key of the last merge that was weaker than all before it in the stage; number among the
# stronger ones that follow from that one. Merges compare as they were made.
When = tuple[int, Key, int]

TIED, EVENTS, STORIES = range(3)
FIRST: Key = (-math.inf, "", "")
START: When = (TIED, FIRST, 0)
NOBODY: frozenset[int] = frozenset()  # foes of most nodes: one set for all


class Node:
    """An article (``row`` >= 0) or a merge of two nodes; ``least`` is its least article's name.

    ``foes`` are those of its rows that users keep apart from others.
    """

    __slots__ = ("foes", "key", "least", "left", "parent", "right", "row", "size", "when")

    def __init__(self, row: int, least: str, foes: frozenset[int]) -> None:
        self.row = row
        self.least = least
        self.foes = foes
        self.size = 1
        self.when = START
        self.key = FIRST
        self.left: Node | None = None
        self.right: Node | None = None
        self.parent: Node | None = None

    @classmethod
    def over(cls, left: Node, right: Node, when: When, key: Key) -> Node:
        """The merge of two nodes, which have it as their parent from now on."""
        foes = left.foes | right.foes if left.foes or right.foes else left.foes
        node = cls(-1, min(left.least, right.least), foes)
        node.left, node.right, node.when, node.key = left, right, when, key
        node.size = left.size + right.size
        left.parent = right.parent = node
        return node

    def parts(self, stage: int) -> Iterator[Node]:
        """The nodes below, itself included, as they were at the end of ``stage``."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.left is None or node.right is None or node.when[0] <= stage:
                yield node
            else:
                waiting += (node.right, node.left)

    def rows(self) -> list[int]:
        """Its articles."""
        return [node.row for node in self.parts(-1)]
