"""A story keeps its name for life; merges, splits and deaths are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clusterer.living.identity import Register, name_after, rename


def born(*clusters: list[str]) -> Register:
    register = Register()
    rename("s", register, [], clusters)
    return register


def test_name_depends_only_on_kind_and_founder() -> None:
    assert name_after("s", "a") == name_after("s", "a")
    assert name_after("s", "a") != name_after("e", "a")
    assert name_after("s", "a", [name_after("s", "a")]) != name_after("s", "a")


def test_growth_keeps_the_name() -> None:
    register = born(["a", "b"])
    (name,) = register.members
    naming = rename("s", register, [name], [["a", "b", "c"]])
    assert naming.ids == (name,)
    assert register.members[name] == {"a", "b", "c"}


def test_the_elder_survives_a_merge_and_the_younger_redirects() -> None:
    register = born(["z"], ["a", "b", "c"])
    elder, younger = register.members
    naming = rename("s", register, [elder, younger], [["a", "b", "c", "z"]])
    assert naming.ids == (elder,)
    assert naming.merged == ((younger, elder),)
    assert register.resolve(younger) == elder


def test_the_larger_part_keeps_the_name_in_a_split() -> None:
    register = born(["a", "b", "c"])
    (name,) = register.members
    naming = rename("s", register, [name], [["a"], ["b", "c"]])
    child, keeper = naming.ids
    assert keeper == name
    assert naming.split == ((name, child),)
    assert register.members[child] == {"a"}


def test_a_name_is_gone_only_when_no_member_is_left() -> None:
    register = born(["a"], ["b"])
    first, second = register.members
    naming = rename("s", register, [first, second], [["b"]])
    assert naming.gone == (first,)
    assert naming.ids == (second,)


partitions = st.lists(st.integers(0, 4), min_size=1, max_size=12).map(
    lambda labels: [
        [f"a{row:02}" for row, label in enumerate(labels) if label == wanted]
        for wanted in sorted(set(labels))
    ]
)


@given(partitions, partitions)
def test_every_article_has_one_living_name_and_every_old_name_is_accounted_for(
    before: list[list[str]], after: list[list[str]]
) -> None:
    register = born(*before)
    old = tuple(register.members)
    naming = rename("s", register, old, after)
    assert sorted(a for who in register.members.values() for a in who) == sorted(
        article for cluster in after for article in cluster
    )
    assert len(set(naming.ids)) == len(after)
    merged = dict(naming.merged)
    for name in old:
        assert (name in naming.ids) + (name in merged) + (name in naming.gone) == 1
        assert name in naming.gone or register.resolve(name) in register.members


@given(partitions)
def test_regrouping_the_same_clusters_changes_nothing(clusters: list[list[str]]) -> None:
    register = born(*clusters)
    before = dict(register.members)
    naming = rename("s", register, tuple(before), clusters)
    assert naming.ids == tuple(before)
    assert not naming.merged
    assert not naming.split
    assert not naming.gone
    assert register.members == before
