"""Nouns and arrays ⇄ tables of Arrow. Text is kept as bytes: what was read may be no Unicode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.matching import Facts
from clusterer.news import Pairs, Rejected, Sentences

Ints = NDArray[np.int64]


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def array(column: Any) -> NDArray[Any]:
    """A column without nulls as numpy sees it."""
    found: NDArray[Any] = column.combine_chunks().to_numpy(zero_copy_only=False)
    return found


# Rows of vectors


def vectors_column(rows: NDArray[np.floating[Any]]) -> Any:
    """(n, d) as a column of lists of fixed length d."""
    import pyarrow as pa

    flat = pa.array(np.ascontiguousarray(rows).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, rows.shape[1])


def vectors_of(column: Any) -> NDArray[np.float32]:
    """What :func:`vectors_column` made, float32 (n, d)."""
    chunk = column.combine_chunks()
    width = column.type.list_size
    flat = chunk.flatten().to_numpy(zero_copy_only=False)
    found: NDArray[np.float32] = flat.reshape(-1, width)
    return found


def groups_column(bounds: Ints, values: Any) -> Any:
    """Values (an array of Arrow) in groups that end at ``bounds``, as a column of lists."""
    import pyarrow as pa

    return pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), values)


def groups_of(column: Any) -> tuple[Ints, Any]:
    """Bounds (n + 1,) and the values of :func:`groups_column`."""
    chunk = column.combine_chunks()
    sizes = chunk.value_lengths().to_numpy(zero_copy_only=False)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return bounds, chunk.flatten()


def sentences_of(column: Any) -> Sentences:
    bounds, values = groups_of(column)
    width = column.type.value_type.list_size
    flat = values.flatten().to_numpy(zero_copy_only=False)
    return Sentences(flat.reshape(-1, width), bounds)


# Facts


def facts_columns(facts: Facts) -> tuple[dict[str, Any], dict[str, str]]:
    """Columns by name, and the widths of the sets as metadata."""
    import pyarrow as pa

    columns, widths = {}, {}
    for name, part in facts._asdict().items():
        if isinstance(part, np.ndarray):
            columns[name] = pa.array(part.tolist() if part.dtype.kind == "U" else part)
        else:
            bounds = part.indptr.astype(np.int64)
            columns[name] = groups_column(bounds, pa.array(part.indices))
            columns[f"{name}:weight"] = groups_column(bounds, pa.array(part.data))
            widths[name] = str(part.shape[1])
    return columns, widths


def facts_of(table: Any) -> Facts:
    """The facts in a table that was written with :func:`facts_columns`."""
    from scipy.sparse import csr_matrix

    widths = {key.decode(): int(value) for key, value in (table.schema.metadata or {}).items()}
    parts: list[Any] = []
    for name in Facts._fields:
        column = table.column(name)
        if name not in widths:
            values = array(column)
            parts.append(values.astype("<U8") if values.dtype.kind == "O" else values)
            continue
        bounds, indices = groups_of(column)
        _, weights = groups_of(table.column(f"{name}:weight"))
        found = (weights.to_numpy(zero_copy_only=False), indices.to_numpy(zero_copy_only=False))
        shape = (len(bounds) - 1, widths[name])
        parts.append(csr_matrix((*found, bounds.astype(np.int32)), shape=shape))
    return Facts(*parts)


# Pairs, and what was refused


def pairs_table(pairs: Pairs, weight: NDArray[np.float32]) -> Any:
    """``weight``: of how many pairs each was drawn."""
    import pyarrow as pa

    columns = zip(("left", "right", "score", "weight"), (*pairs, weight), strict=True)
    return pa.table({name: pa.array(column) for name, column in columns})


def pairs_of(table: Any) -> Pairs:
    return Pairs(*(array(table.column(name)) for name in ("left", "right", "score")))


def rejected_table(found: Sequence[tuple[int, Rejected]]) -> Any:
    """Rejected pages, each with its place in the order of the run."""
    import pyarrow as pa

    return pa.table(
        {
            "place": pa.array([place for place, _ in found], pa.int64()),
            "page": pa.array([to_bytes(one.page) for _, one in found], pa.binary()),
            "why": pa.array([to_bytes(one.why) for _, one in found], pa.binary()),
        }
    )


def rejected_of(table: Any) -> list[tuple[int, Rejected]]:
    return [
        (row["place"], Rejected(to_text(row["page"]), to_text(row["why"])))
        for row in table.to_pylist()
    ]
