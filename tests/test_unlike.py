"""Reports of unlike things stay apart however near in time, with the model that ships."""

from clusterer import Collection
from tests.newsroom import report

HARVEST, MINISTERS, QUAKES = (4,), (2, 3), (0, 1)


def test_short_reports_of_one_hour_are_not_one_story() -> None:
    collection = Collection()
    topics = (*HARVEST, *HARVEST, *MINISTERS, *QUAKES)
    collection.add([report(number, topic) for number, topic in enumerate(topics)])
    kinds = {f"a{number:03}": topic for number, topic in enumerate(topics)}
    for story in collection.stories:
        told = {kinds[id] for id in story.articles}
        assert any(told <= set(kind) for kind in (HARVEST, MINISTERS, QUAKES))
    assert len(collection.stories) >= 3
