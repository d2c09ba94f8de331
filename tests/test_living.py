"""The laws of a collection that lives: order, undoing, identity, and a log that hides nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterer import Collection
from clusterer.living.chronicle import Home, replay
from clusterer.news import Article, Changes
from tests.killing import homes
from tests.newsroom import START, TOPICS, article, report

Partition = frozenset[frozenset[str]]

articles = st.lists(
    st.tuples(st.integers(0, len(TOPICS) - 1), st.integers(0, 11)), min_size=1, max_size=12
).map(lambda told: [report(number, topic, turn) for number, (topic, turn) in enumerate(told)])

few = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def living(*batches: Iterable[Article]) -> Collection:
    collection = Collection("hash:")
    for batch in batches:
        collection.add(batch)
    return collection


def events(collection: Collection) -> Partition:
    told = (event for story in collection.stories for event in story.events)
    return frozenset(frozenset(event.articles) for event in told)


def stories(collection: Collection) -> Partition:
    return frozenset(frozenset(story.articles) for story in collection.stories)


def told(collection: Collection) -> object:
    """All that is said of the stories, but not under which names."""
    return sorted(
        (
            (
                story.title,
                story.origin,
                story.independent_source_count,
                sorted(
                    (event.articles, event.origin, event.lineage, dict(event.copy_groups))
                    for event in story.events
                ),
            )
            for story in collection.stories
        ),
        key=repr,
    )


def batches_of(items: Sequence[Article], cuts: Sequence[int]) -> list[Sequence[Article]]:
    edges = [0, *sorted({cut % (len(items) + 1) for cut in cuts}), len(items)]
    return [items[a:b] for a, b in itertools.pairwise(edges)]


@few
@given(articles, st.randoms(use_true_random=False), st.lists(st.integers(0, 12), max_size=12))
def test_any_order_and_any_batches_end_in_the_same_stories(
    given_: list[Article], random: object, cuts: list[int]
) -> None:
    whole = living(given_)
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = living(*batches_of(shuffled, cuts))
    assert events(parts) == events(whole)
    assert stories(parts) == stories(whole)
    assert told(parts) == told(whole)
    one_by_one = living(*([one] for one in shuffled))
    assert told(one_by_one) == told(whole)


@few
@given(articles, st.sets(st.integers(0, 11)))
def test_adding_and_removing_leaves_what_was_before(
    given_: list[Article], chosen: set[int]
) -> None:
    passing = [one for k, one in enumerate(given_) if k in chosen]
    staying = [one for k, one in enumerate(given_) if k not in chosen]
    plain, visited = living(staying), living(staying, passing)
    visited.remove([one.id for one in passing])
    assert told(visited) == told(plain)
    assert not visited.problems()


@few
@given(articles, st.lists(st.tuples(st.sampled_from("arcx"), st.integers(0, 11)), max_size=10))
def test_the_log_tells_every_change_and_replays_to_the_state(
    given_: list[Article], acts: list[tuple[str, int]]
) -> None:
    collection = Collection("hash:")
    before: dict[str, Home] = {}
    for act, number in acts:
        one = given_[number % len(given_)]
        changes = perform(collection, act, one)
        now = homes(collection)
        moved = {id for id in before.keys() | now.keys() if before.get(id) != now.get(id)}
        assert {move.article for move in changes.moved} == moved
        before = now
    logged, redirects = replay(collection.changes())
    assert logged == homes(collection)
    for gone in redirects:
        if gone.startswith("s-"):
            with_heir = set(collection._keeper.held.stories.births)
            assert collection._keeper.held.stories.resolve(gone) in with_heir
    assert not collection.problems()


def perform(collection: Collection, act: str, one: Article) -> Changes:
    if act == "a":
        return collection.add([one])
    if act == "c" and one.id in collection:
        return collection.correct([report(int(one.id[1:]), 0, version=2)])
    if act == "r" and one.id in collection:
        return collection.remove([one.id])
    return collection.expire(START + timedelta(hours=int(one.id[1:])))


def test_giving_the_same_again_changes_nothing() -> None:
    given_ = [report(number, number % 3) for number in range(6)]
    collection = living(given_)
    version = collection.version
    assert collection.add(given_) == Changes()
    assert collection.version == version


def test_a_corrected_article_keeps_its_id_and_its_versions() -> None:
    collection = living([report(0, 0), report(1, 0)])
    story = collection.stories[0].id
    changes = collection.correct([report(0, 0, version=2)])
    assert collection.stories[0].id == story
    assert not changes.new
    assert [one.text for one in collection.versions("a000")] == [
        report(0, 0).text,
        report(0, 0, version=2).text,
    ]
    with pytest.raises(KeyError):
        collection.correct([report(7, 0)])


def test_a_correction_can_move_an_article_to_another_story() -> None:
    collection = living([report(0, 4), report(1, 4), report(2, 2)])
    before = homes(collection)
    moved = article("a002", *TOPICS[4], hours=2.0, outlet="Beta Post")
    changes = collection.add([moved])
    assert homes(collection)["a002"].story == before["a000"].story
    assert [move.article for move in changes.moved] == ["a002"]
    assert changes.merged == ((before["a002"].story, before["a000"].story),)


def test_an_unknown_id_is_an_error_and_nothing_is_done() -> None:
    collection = living([report(0, 0)])
    with pytest.raises(KeyError):
        collection.remove(["a000", "a999"])
    assert "a000" in collection


def test_expiring_lets_go_only_of_what_is_surely_older() -> None:
    undated = article("old", "A tale without a date", "Nobody knows when.", hours=None)
    collection = living([report(0, 0), report(1, 2), undated])
    collection.expire(START + timedelta(hours=0.5))
    assert "a000" not in collection
    assert "a001" in collection
    assert "old" in collection


def test_history_tells_birth_growth_and_end_of_a_story() -> None:
    collection = living([report(0, 4)], [report(1, 4)], [report(2, 2)])
    name = homes(collection)["a000"].story
    collection.remove(["a000", "a001"])
    acts = [(entry.number, entry.act) for entry in collection.history(name)]
    assert acts == [(1, "add"), (2, "add"), (4, "remove")]
    with pytest.raises(KeyError):
        collection.history("s-nothing")


def test_a_merged_story_redirects_for_ever() -> None:
    collection = living([report(0, 0)], [report(1, 4)])
    older, younger = (homes(collection)[id].story for id in ("a000", "a001"))
    changes = collection.must_link("a000", "a001")
    assert changes.merged == ((younger, older),)
    assert collection.story(younger).id == older
    collection.undo()
    assert collection.story(younger).id == older


def test_searching_finds_the_story_that_speaks_of_it() -> None:
    collection = living([report(0, 0), report(1, 2), report(2, 4)])
    found = collection.search("wheat harvest in the north", limit=2)
    assert found[0].article == "a002"
    assert found[0].story == homes(collection)["a002"].story
    assert found[0].similarity >= found[1].similarity
    assert len(collection.search("anything", limit=50)) == len(collection.stories)
    assert Collection("hash:").search("anything") == ()


def test_a_shelf_that_was_tidied_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterer.living.shelf.CLUTTER", 0)
    given_ = [report(number, number % 5, number % 7) for number in range(12)]
    collection = living(given_)
    collection.remove([one.id for one in given_[:9]])
    collection.add(given_[:5])
    assert told(collection) == told(living(given_[:5] + given_[9:]))
    assert not collection.problems()
