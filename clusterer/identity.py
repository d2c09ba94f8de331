"""Names that stay: which cluster keeps which id when clusters grow, merge and split.

The rules are those of a register of births. A cluster is named at birth after its founding
article. When clusters merge the elder's name survives and the younger redirects to it for
ever. When one splits, the part with most of its former members keeps the name and the other
parts are born with it as their parent.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


def name_after(kind: str, founder: str, taken: Iterable[str] = ()) -> str:
    """An id such as ``s-4k2m…`` that depends only on the kind and the founding article.

    ``taken`` ids are stepped over, which happens only when a former cluster of the same
    founder still bears the name.
    """
    taken = frozenset(taken)
    for attempt in range(len(taken) + 1):
        seed = f"{kind}\0{founder}\0{attempt}".encode()
        digest = hashlib.blake2b(seed, digest_size=8).digest()
        name = f"{kind}-{base64.b32encode(digest).decode().rstrip('=').lower()}"
        if name not in taken:
            return name
    raise AssertionError("one of n + 1 names must be free")


@dataclass(frozen=True, slots=True)
class Register:
    """Who bears which name: ``members`` by id, ids in order of birth, and where old ids went."""

    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    births: Mapping[str, int] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)

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
) -> tuple[Register, Naming]:
    """Give every cluster its id. ``touched`` are the old ids whose members were regrouped.

    ``clusters`` hold article ids, founder first, and together all surviving members of the
    touched ids. The outcome does not depend on the order of clusters except that births are
    numbered in it.
    """
    old_ids = sorted(touched, key=lambda name: (register.births[name], name))
    home = {article: name for name in old_ids for article in register.members[name]}
    heirs = _heirs(old_ids, register, clusters, home)
    ids: list[str] = []
    split: list[tuple[str, str]] = []
    born: list[str] = []
    taken = set(register.births)
    for row, cluster in enumerate(clusters):
        claims = [name for name in old_ids if heirs.get(name) == row]
        if claims:
            ids.append(claims[0])
            continue
        name = name_after(kind, cluster[0], taken)
        taken.add(name)
        born.append(name)
        ids.append(name)
        parents = {home[article] for article in cluster if article in home}
        split.extend((parent, name) for parent in old_ids if parent in parents)
    merged = tuple((name, ids[row]) for name, row in sorted(heirs.items()) if ids[row] != name)
    gone = tuple(name for name in old_ids if name not in heirs)
    return (
        _written(register, old_ids, ids, clusters, dict(merged), born),
        Naming(tuple(ids), tuple(born), merged, tuple(split), gone),
    )


def _heirs(
    old_ids: Sequence[str],
    register: Register,
    clusters: Sequence[Sequence[str]],
    home: Mapping[str, str],
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


def _written(
    register: Register,
    old_ids: Sequence[str],
    ids: Sequence[str],
    clusters: Sequence[Sequence[str]],
    merged: Mapping[str, str],
    born: Sequence[str],
) -> Register:
    members = {name: who for name, who in register.members.items() if name not in set(old_ids)}
    members.update({name: frozenset(who) for name, who in zip(ids, clusters, strict=True)})
    births = dict(register.births)
    for name in born:
        births[name] = len(births)
    return Register(members, births, {**register.redirects, **merged})
