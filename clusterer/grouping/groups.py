"""The groups of a run, and which two of them are best merged next."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from heapq import heappop, heappush, heapreplace

from clusterer.grouping.tree import Key, Node

# Probability in parts (real) and number of pairs (imaginary) that known pairs stand for. Both are
# whole numbers below 2**53, so that sums are exact.
Sum = complex


class Group:
    """A group that the former run had not, or had otherwise: with its sums to all others.

    ``edges`` is a heap of what it once had with some of them; see :class:`Ranking`.
    """

    __slots__ = ("edges", "least", "node", "rows", "size", "sums")

    def __init__(self, node: Node, rows: list[int]) -> None:
        self.node: Node | None = node
        self.rows = rows
        self.size = node.size
        self.least = node.least
        self.sums: dict[Group | Node, Sum] = {}
        self.edges: list[tuple[float, str, str, int, Group | Node]] = []

    def dissolve(self) -> None:
        """It is part of another now."""
        self.node, self.sums, self.rows, self.edges = None, {}, [], []


Edge = tuple[Key, Group, "Group | Node"]
Worth = Callable[[Group, "Group | Node"], float | None]


class Ranking:
    """Edges by support, the best first, then by the names of their groups.

    An edge says what two groups had when it was put; what they have now is never better, or it
    was put again. So edges are looked at again only when they come first, and most never do:
    each lies with one of its groups and is forgotten with it.
    """

    def __init__(self) -> None:
        # the first edge of each group, and some that were or will be first
        self._heads: list[tuple[float, str, str, int, Group]] = []
        self._count = itertools.count()
        self._loaded: dict[Group | Node, Group] = {}

    def clear(self) -> None:
        for *_, group in self._heads:
            group.edges = []
        self._heads = []

    def load(self, node: Node, group: Group) -> None:
        """What groups had with a node they have with this group, which it became."""
        self._loaded[node] = group

    def put(self, support: float, group: Group, other: Group | Node) -> None:
        one, two = group.least, other.least
        if one > two:
            one, two = two, one
        number = next(self._count)
        heappush(group.edges, (-support, one, two, number, other))
        if group.edges[0][3] == number:
            heappush(self._heads, (-support, one, two, number, group))

    def best(self, worth: Worth) -> Edge | None:
        """The best edge; ``worth`` says what two groups have now, None if they are no edge."""
        while self._heads:
            number, group = self._heads[0][3:]
            edges = group.edges
            if not edges or edges[0][3] != number:
                heappop(self._heads)
                continue
            minus, one, two, _, told = edges[0]
            other = self._loaded.get(told, told)
            now = worth(group, other)
            if now == -minus:
                return (minus, one, two), group, other
            heappop(edges)
            if edges:
                heapreplace(self._heads, (*edges[0][:4], group))
            else:
                heappop(self._heads)
            if now is not None:
                self.put(now, group, other)
        return None
