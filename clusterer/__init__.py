"""Groups reports of one event across languages and says, with evidence, who said it first.

::

    from clusterer import cluster

    result = cluster("seeds/")
    for story in result.stories:
        print(story.title, story.origin.explanation)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from clusterer.collection import Collection, cluster
    from clusterer.encoding import Encoder, open_encoder
    from clusterer.errors import (
        ClustererError,
        EncoderError,
        EngineError,
        InputError,
        MissingExtraError,
        SettingsError,
        StoreError,
    )
    from clusterer.news import (
        Article,
        Changes,
        Credit,
        Event,
        Evidence,
        Origin,
        Outlet,
        Page,
        Published,
        Rejected,
        Span,
        Story,
    )
    from clusterer.result import Result
    from clusterer.settings import Settings

# Where each public name lives. Looked up on first use, so that importing the package, and
# with it ``cluster --help``, does not import numpy, torch or faiss.
_HOMES = {
    "collection": ("Collection", "cluster"),
    "encoding": ("Encoder", "open_encoder"),
    "errors": (
        "ClustererError",
        "EncoderError",
        "EngineError",
        "InputError",
        "MissingExtraError",
        "SettingsError",
        "StoreError",
    ),
    "news": (
        "Article",
        "Changes",
        "Credit",
        "Event",
        "Evidence",
        "Origin",
        "Outlet",
        "Page",
        "Published",
        "Rejected",
        "Span",
        "Story",
    ),
    "result": ("Result",),
    "settings": ("Settings",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Article",
    "Changes",
    "ClustererError",
    "Collection",
    "Credit",
    "Encoder",
    "EncoderError",
    "EngineError",
    "Event",
    "Evidence",
    "InputError",
    "MissingExtraError",
    "Origin",
    "Outlet",
    "Page",
    "Published",
    "Rejected",
    "Result",
    "Settings",
    "SettingsError",
    "Span",
    "StoreError",
    "Story",
    "cluster",
    "open_encoder",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
