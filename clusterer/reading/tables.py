"""CSV, TSV and Parquet: one record a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from clusterer.errors import MissingExtraError
from clusterer.news import Page, Rejected
from clusterer.reading.files import Source, Unreadable, read_bytes
from clusterer.reading.records import page_of
from clusterer.settings import Settings

SNIFFED_CHARS = 20_000
_DELIMITERS = ",\t;|"


def read_table(
    source: Source, text: str, settings: Settings, fields: Mapping[str, str]
) -> Iterator[Page | Rejected]:
    """The rows of a CSV or TSV table whose first row names the columns."""
    delimiter = "\t" if source.suffix in (".tsv", ".tab") else _delimiter(text)
    csv.field_size_limit(settings.max_line_chars)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        if not rows.fieldnames or len(rows.fieldnames) < 2:
            raise Unreadable("not a table: fewer than two columns in its first row")
        for number, row in enumerate(rows, 1):
            record = {key.strip(): value for key, value in row.items() if isinstance(key, str)}
            yield page_of(record, f"{source.name}!{number}", source.name, fields)
    except csv.Error as error:
        yield Rejected(f"{source.name}!{number + 1}", f"broken table: {error}")
    if not number:
        raise Unreadable("a table without rows")


def _delimiter(text: str) -> str:
    """The delimiter that the heading row holds most of, the comma when none."""
    heading = text.split("\n", 1)[0][:SNIFFED_CHARS]
    return max(_DELIMITERS, key=heading.count)


def read_parquet(
    source: Source, settings: Settings, fields: Mapping[str, str]
) -> Iterator[Page | Rejected]:
    """The rows of a Parquet file, batch by batch."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Unreadable(str(MissingExtraError("reading Parquet", "tables"))) from None
    try:
        table = pyarrow.parquet.ParquetFile(io.BytesIO(read_bytes(source, settings)))
        number = 0
        for batch in table.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield page_of(row, f"{source.name}!{number}", source.name, fields)
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Unreadable(f"not a Parquet file: {' '.join(str(error).split())[:120]}") from None
    if not number:
        raise Unreadable("a table without rows")
