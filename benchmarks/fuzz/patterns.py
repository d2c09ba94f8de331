"""Every regular expression of the package against the worst strings that it can be given.

    python -m benchmarks.fuzz.patterns

Expressions are found by what the package compiles while all of its modules are imported and
the founding pages are read, and by every compiled expression that a module holds; a call of
``re`` in the source that was not seen is named and fails the command. For each expression
strings of 1 MB are made from its own parts: every repeated part pumped, alone, behind what may
stand before it and before what cannot follow. All matches in such a string must be found, or
refused, within a second of processor time.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any, NamedTuple

import clusterer

ROOT = Path(clusterer.__file__).parent
SEEDS = ROOT.parent / "seeds"
MEGABYTE = 1_000_000
SECONDS = 1.0
SHORT, FULL = 4_000, 3  # length of strings that are tried first, and how many go on
# Strings that are hard on many expressions, whatever these say.
COMMON = (
    " ",
    "\n",
    "\t",
    "a",
    "ا",
    "1",
    ".",
    "-",
    "/",
    "<",
    "@",
    "#",
    '"',
    "a ",
    "1.",
    "a.",
    "a-",
    "1 ",
    ". ",
    "\n ",
)
SITES = {"compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"}


class Site(NamedTuple):
    """Where an expression is compiled or used: a file of the package and a line."""

    file: str
    line: int


class Slow(Exception):  # noqa: N818 - a verdict, not an error
    """An expression took longer than allowed."""


def recorded(work: Callable[[], None]) -> dict[re.Pattern[Any], set[Site]]:
    """The expressions that code of the package has compiled, or used by their text, in ``work``."""
    found: dict[re.Pattern[Any], set[Site]] = {}
    plain = re._compile  # type: ignore[attr-defined]

    def noting(pattern: Any, flags: Any) -> Any:
        compiled = plain(pattern, flags)
        frame: FrameType | None = sys._getframe(2)
        if frame is not None and Path(frame.f_code.co_filename).is_relative_to(ROOT):
            site = Site(Path(frame.f_code.co_filename).relative_to(ROOT).as_posix(), frame.f_lineno)
            found.setdefault(compiled, set()).add(site)
        return compiled

    re._compile = noting  # type: ignore[attr-defined]
    try:
        work()
    finally:
        re._compile = plain  # type: ignore[attr-defined]
    return found


def modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages([str(ROOT)], "clusterer."):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def held() -> set[re.Pattern[Any]]:
    """Compiled expressions that modules of the package hold, however deep."""
    found: set[re.Pattern[Any]] = set()
    looked: set[int] = set()
    for module in modules():
        waiting = list(vars(module).values())
        for value in waiting:
            if id(value) in looked:
                continue
            looked.add(id(value))
            if isinstance(value, re.Pattern):
                found.add(value)
            elif isinstance(value, (list, tuple, set, frozenset)) and len(value) < 1000:
                waiting.extend(value)
            elif isinstance(value, dict) and len(value) < 1000:
                waiting.extend(value.values())
            elif isinstance(value, type) and value.__module__.startswith("clusterer"):
                waiting.extend(vars(value).values())
    return found


def called() -> set[Site]:
    """Every call of ``re`` in the source, by the line it begins in."""
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in SITES
            ):
                found.add(Site(path.relative_to(ROOT).as_posix(), node.lineno))
    return found


def everything() -> None:
    """Import all, and have all read what makes the package compile the rest."""
    list(modules())
    from clusterer import cluster
    from clusterer.sources.habits import _habits
    from clusterer.web.filter import _dated
    from clusterer.writing.report import render_report

    _habits()
    _dated("2025-04-28")
    result = cluster(SEEDS, encoder="hash:")
    render_report(result.to_dict(texts=True))


def pumps(pattern: re.Pattern[Any]) -> list[str]:
    """Strings that each repeated part of an expression takes, and the literals of all of it."""
    tree = parser.parse(
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1"),
        pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags,
    )
    found = [*_repeated(tree), _sample(tree)]
    return list(dict.fromkeys(one for one in found if one))


def _repeated(tree: Any) -> Iterator[str]:
    """A sample of every repeated part, and of what stands around it."""
    for operator, argument in tree:
        name = str(operator)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, high, inside = argument
            if high is parser.MAXREPEAT or high > 1:
                yield _sample(inside)
                yield _sample(inside, 1)
            yield from _repeated(inside)
        elif name == "SUBPATTERN":
            yield from _repeated(argument[3])
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repeated(branch)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repeated(argument[1])
        elif name == "ATOMIC_GROUP":
            yield from _repeated(argument)


_CATEGORIES = {
    "DIGIT": "17",
    "SPACE": " \n",
    "WORD": "aا",
    "NOT_DIGIT": "a ",
    "NOT_SPACE": "a1",
    "NOT_WORD": " -",
}


def _sample(tree: Any, turn: int = 0) -> str:
    """One string that a part takes; ``turn`` chooses another letter of each set."""
    return "".join(_one(operator, argument, turn) for operator, argument in tree)


def _one(operator: Any, argument: Any, turn: int) -> str:
    match str(operator):
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return next(c for c in "a 1" if ord(c) != argument)
        case "ANY":
            return "a1"[turn]
        case "IN":
            return _of_set(argument, turn)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, _, inside = argument
            return _sample(inside, turn) * max(low, 1)
        case "SUBPATTERN":
            return _sample(argument[3], turn)
        case "BRANCH":
            return _sample(argument[1][min(turn, len(argument[1]) - 1)], turn)
        case "ATOMIC_GROUP":
            return _sample(argument, turn)
    return ""


def _of_set(items: list[Any], turn: int) -> str:
    negated = str(items[0][0]) == "NEGATE"
    choices = []
    for operator, argument in items:
        if str(operator) == "LITERAL":
            choices.append(chr(argument))
        elif str(operator) == "RANGE":
            choices += [chr(argument[0]), chr(argument[1])]
        elif str(operator) == "CATEGORY":
            choices += list(_CATEGORIES[str(argument).removeprefix("CATEGORY_")])
    if not negated:
        return choices[min(turn, len(choices) - 1)] if choices else ""
    matcher = re.compile("".join(["[", *(re.escape(c) for c in choices), "]"])) if choices else None
    free = [c for c in "a1 ا-.\n" if matcher is None or not matcher.match(c)]
    return free[min(turn, len(free) - 1)] if free else ""


class Shape(NamedTuple):
    """A string of any length: ``pump`` again and again between what stands around it."""

    pump: str
    before: str = ""
    after: str = ""

    def of(self, size: int) -> str:
        return self.before + (self.pump * (size // len(self.pump) + 1))[:size] + self.after


def shapes(pattern: re.Pattern[Any]) -> list[Shape]:
    """What the expression may be slow on: each pump alone, before what ends it wrongly, behind
    the beginning of a match, in many lines, and by turns with another."""
    parts = pumps(pattern)[:24]
    begun = parts[-1][:-1] if parts else ""
    found = []
    for pump in [*parts, *COMMON]:
        lines = pump * max(50 // len(pump), 1) + "\n"
        found += [Shape(pump), Shape(pump, "", "\x00"), Shape(pump, begun, "\x00"), Shape(lines)]
    found += [
        Shape(one * 50 + other * 50) for one in parts[:6] for other in parts[:6] if one != other
    ]
    return list(dict.fromkeys(found))


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what takes longer, in processor time; ``re`` looks for signals while it matches."""

    def stop(*_: object) -> None:
        raise Slow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def slowest(pattern: re.Pattern[Any], size: int, seconds: float) -> tuple[float, str]:
    """Processor seconds of the slowest string and how it begins.

    All strings are tried short; those that were the slowest are tried at full size.
    """
    tried = sorted(
        ((_matched(pattern, shape.of(SHORT), seconds), shape) for shape in shapes(pattern)),
        reverse=True,
    )[:FULL]
    if tried[0][0] > seconds:
        return tried[0][0], tried[0][1].pump[:24]
    return max((_matched(pattern, shape.of(size), seconds), shape.pump[:24]) for _, shape in tried)


def _matched(pattern: re.Pattern[Any], string: str, seconds: float) -> float:
    """Processor seconds until all matches are found; not much more than ``seconds``."""
    binary = isinstance(pattern.pattern, bytes)
    given: Any = string.encode("utf-8", "surrogatepass") if binary else string
    start = time.process_time()
    try:
        with limited(1.2 * seconds):
            for _ in pattern.finditer(given):
                pass
    except Slow:
        return 1.2 * seconds
    return time.process_time() - start


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=MEGABYTE)
    options.add_argument("--all", action="store_true", help="print every expression")
    asked = options.parse_args()
    seen = recorded(everything)
    for pattern in held():
        seen.setdefault(pattern, set())
    sites = {site for found in seen.values() for site in found}
    unseen = sorted(called() - sites)
    told = []
    for pattern, where in sorted(seen.items(), key=lambda item: sorted(item[1])):
        seconds, string = slowest(pattern, asked.size, SECONDS)
        told.append((seconds, pattern, where, string))
        if asked.all or seconds > SECONDS:
            place = ", ".join(f"{site.file}:{site.line}" for site in sorted(where)) or "held"
            print(f"{seconds:6.3f} s  {place}  {pattern.pattern!r:.100}  on {string!r}", flush=True)
    slow = [one for one in told if one[0] > SECONDS]
    for site in unseen:
        print(f"not seen: {site.file}:{site.line}")
    print(
        f"{len(told)} expressions of {len(sites)} places, strings of {asked.size:,} code points: "
        f"slowest {max(one[0] for one in told):.3f} s of processor, {len(slow)} above {SECONDS} s, "
        f"{len(unseen)} calls not seen"
    )
    return 1 if slow or unseen else 0


if __name__ == "__main__":
    raise SystemExit(main())
