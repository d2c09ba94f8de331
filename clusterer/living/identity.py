"""Names that stay: which cluster keeps which id when clusters grow, merge and split.

The rules are those of a register of births. A cluster is named at birth after its founding
article. When clusters merge the elder's name survives and the younger redirects to it for
ever. When one splits, the part with most of its former members keeps the name and the other
parts are born with it as their parent.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


def name_after(kind: str, founder: str, taken: Container[str] = ()) -> str:
    """An id such as ``s-4k2m…`` that depends only on the kind and the founding article.

    ``taken`` ids are stepped over, which happens only when a former cluster of the same
    founder still bears the name.
    """
    for attempt in itertools.count():
        seed = f"{kind}\0{founder}\0{attempt}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(seed, digest_size=8).digest()
        name = f"{kind}-{base64.b32encode(digest).decode().rstrip('=').lower()}"
        if name not in taken:
            return name
    raise AssertionError("counting never ends")


@dataclass(slots=True)
class Register:
    """Who bears which name: ``members`` by id and ``home`` the other way round, the number of
    each birth, and where merged ids went. Only :func:`rename` writes in it."""

    members: dict[str, frozenset[str]] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    births: dict[str, int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)

    def resolve(self, name: str) -> str:
        """The living name that ``name`` leads to, or ``name`` itself."""
        while name in self.redirects:
            name = self.redirects[name]
        return name


@dataclass(frozen=True, slots=True)
class Naming:
    """What renaming did: ids in the order of the given clusters, and what became of the old."""

    ids: tuple[str, ...]
    born: tuple[str, ...]
    merged: tuple[tuple[str, str], ...]  # (gone, survivor)
    split: tuple[tuple[str, str], ...]  # (parent, child)
    gone: tuple[str, ...]


def rename(
    kind: str, register: Register, touched: Iterable[str], clusters: Sequence[Sequence[str]]
) -> Naming:
    """Give every cluster its id and write that down in ``register``.

    ``touched`` are the old ids whose members were regrouped. ``clusters`` hold article ids,
    founder first, and together all surviving members of the touched ids. The outcome does not
    depend on the order of clusters except that births are numbered in it. Work is that of the
    clusters, not of the register.
    """
    old_ids = sorted(touched, key=lambda name: (register.births[name], name))
    home = {article: name for name in old_ids for article in register.members[name]}
    heirs = _heirs(old_ids, clusters, home)
    claims: dict[int, list[str]] = defaultdict(list)
    for name in old_ids:
        if name in heirs:
            claims[heirs[name]].append(name)
    ids: list[str] = []
    split: list[tuple[str, str]] = []
    born: list[str] = []
    for row, cluster in enumerate(clusters):
        if row in claims:
            ids.append(claims[row][0])
            continue
        name = name_after(kind, cluster[0], register.births)
        register.births[name] = len(register.births)
        born.append(name)
        ids.append(name)
        parents = {home[article] for article in cluster if article in home}
        split.extend((parent, name) for parent in sorted(parents, key=register.births.__getitem__))
    merged = tuple((name, ids[row]) for name, row in sorted(heirs.items()) if ids[row] != name)
    gone = tuple(name for name in old_ids if name not in heirs)
    naming = Naming(tuple(ids), tuple(born), merged, tuple(split), gone)
    _write(register, old_ids, clusters, naming)
    return naming


def _heirs(
    old_ids: Sequence[str], clusters: Sequence[Sequence[str]], home: Mapping[str, str]
) -> dict[str, int]:
    """Old id → row of the cluster that holds most of its members; ties to the first founder."""
    shares: dict[str, Counter[int]] = {name: Counter() for name in old_ids}
    for row, cluster in enumerate(clusters):
        for article in cluster:
            if article in home:
                shares[home[article]][row] += 1
    return {
        name: min(share, key=lambda row: (-share[row], clusters[row][0]))
        for name, share in shares.items()
        if share
    }


def _write(
    register: Register, old_ids: Sequence[str], clusters: Sequence[Sequence[str]], naming: Naming
) -> None:
    for name in old_ids:
        for article in register.members.pop(name):
            del register.home[article]
    for name, cluster in zip(naming.ids, clusters, strict=True):
        register.members[name] = frozenset(cluster)
        register.home.update(dict.fromkeys(cluster, name))
    register.redirects.update(naming.merged)
