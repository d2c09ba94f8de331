"""Serving stories: ``create_app`` for any ASGI server, ``serve`` for ours. Extra ``web``."""

from __future__ import annotations

from clusterer.web.source import (
    Bond,
    Changing,
    Doubting,
    FixedSource,
    FollowingSource,
    Linking,
    LivingSource,
    Recutting,
    ResultSource,
    Searching,
    StorySource,
)

__all__ = [
    "Bond",
    "Changing",
    "Doubting",
    "FixedSource",
    "FollowingSource",
    "Linking",
    "LivingSource",
    "Recutting",
    "ResultSource",
    "Searching",
    "StorySource",
]
