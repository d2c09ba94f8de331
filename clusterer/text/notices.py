"""The name that a page gives itself in its rights notice."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

NAME_CHARS = 40


def named_in(notice: str) -> str | None:
    """The site's own name in a notice such as «سایت «یلواستون» …» or "© 2025 The Daily Tide."."""
    for pattern in _patterns():
        mark = pattern.search(notice)
        if mark:
            return mark.group(1).strip()
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    path = files("clusterer.data").joinpath("outlets.toml")
    told = tomllib.loads(path.read_text("utf-8"))["notices"]
    site = "|".join(map(re.escape, told["site"]))
    owner = "|".join(told["owner"])
    name = rf"([^\W\d_][^\n«»\"“”.،,|–—]{{1,{NAME_CHARS}}})"
    return (
        re.compile(rf"(?<!\w)(?:{site}) ?[«\"“]{name}[»\"”]", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{owner}),? ?[-–—:]? ?{name}(?=[.,،|–—\n]|$)", re.IGNORECASE),
    )
