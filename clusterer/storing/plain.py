"""Nouns ⇄ plain data: what JSON can hold, driven by the nouns' own type hints.

A dataclass becomes an object without the fields that hold their default, so that a noun may
grow a field with a default and old records still read. Instants are ISO 8601 in UTC with
microseconds, durations whole microseconds, spans ``[start, end]``.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
MICROSECOND = timedelta(microseconds=1)


class Form(NamedTuple):
    """How one type is written as plain data, and read back."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def to_bytes(kind: Any, value: Any) -> bytes:
    """``value`` of type ``kind`` as JSON in UTF-8; lone surrogates survive."""
    plain = form(kind).write(value)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def from_bytes(kind: type[T], data: bytes) -> T:
    """What :func:`to_bytes` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    noun: Any = kind
    try:
        value: T = form(noun).read(json.loads(data.decode("utf-8", "surrogatepass")))
    except (AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"no record of {kind}: {error}") from None
    return value


def to_plain(value: Any) -> Any:
    """A dataclass as plain data that ``json.dumps`` takes."""
    noun: Any = type(value)
    return form(noun).write(value)


@cache
def form(kind: Any) -> Form:
    """The form of a type. Raises TypeError for one that is no part of the nouns."""
    if kind in _ATOMS:
        return _ATOMS[kind]
    if kind is type(None) or get_origin(kind) is Literal:
        return _AS_IS
    if get_origin(kind) in (Union, types.UnionType):
        return _optional(kind)
    if is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_tuple(kind)
    return _container(kind)


_AS_IS = Form(lambda value: value, lambda value: value)
_ATOMS: dict[Any, Form] = {
    str: _AS_IS,
    bool: _AS_IS,
    int: Form(int, int),
    # a float32 of numpy is no JSON number, and reads back as the same value
    float: Form(float, float),
    datetime: Form(lambda at: at.isoformat(timespec="microseconds"), datetime.fromisoformat),
    timedelta: Form(lambda span: span // MICROSECOND, lambda count: count * MICROSECOND),
}


def _optional(kind: Any) -> Form:
    (inner,) = (part for part in get_args(kind) if part is not type(None))
    write, read = form(inner)
    return Form(
        lambda value: None if value is None else write(value),
        lambda plain: None if plain is None else read(plain),
    )


def _record(kind: Any) -> Form:
    hints = get_type_hints(kind)
    parts = [(part.name, form(hints[part.name]), _default(part)) for part in fields(kind)]
    readers = {name: each.read for name, each, _ in parts}

    def write(value: Any) -> dict[str, Any]:
        told = ((name, each, blank, getattr(value, name)) for name, each, blank in parts)
        return {name: each.write(found) for name, each, blank, found in told if found != blank}

    def read(plain: dict[str, Any]) -> Any:
        return kind(**{name: readers[name](value) for name, value in plain.items()})

    return Form(write, read)


def _default(part: Field[Any]) -> Any:
    if part.default_factory is not MISSING:
        return part.default_factory()
    return part.default  # MISSING equals nothing but itself


def _named_tuple(kind: Any) -> Form:
    hints = get_type_hints(kind)
    forms = [form(hints[name]) for name in kind._fields]
    if all(each is _ATOMS[int] for each in forms):
        return Form(list, lambda plain: kind(*plain))
    return Form(
        lambda value: [each.write(item) for each, item in zip(forms, value, strict=True)],
        lambda plain: kind(*(each.read(item) for each, item in zip(forms, plain, strict=True))),
    )


def _container(kind: Any) -> Form:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Mapping, dict) and inner[0] is str:
        each = form(inner[1])
        return Form(
            lambda value: {name: each.write(item) for name, item in value.items()},
            lambda plain: {name: each.read(item) for name, item in plain.items()},
        )
    if origin in (tuple, Sequence) and (origin is Sequence or inner[1:] == (...,)):
        each = form(inner[0])
        return Form(
            lambda value: [each.write(item) for item in value],
            lambda plain: tuple(each.read(item) for item in plain),
        )
    if origin is tuple:
        forms = [form(part) for part in inner]
        return Form(
            lambda value: [one.write(item) for one, item in zip(forms, value, strict=True)],
            lambda plain: tuple(one.read(item) for one, item in zip(forms, plain, strict=True)),
        )
    raise TypeError(f"{kind} has no plain form")
