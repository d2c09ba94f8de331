"""A collection on disk: one SQLite file, one writer, many readers.

FAISS indexes and facts are derived from what lies here and never stored.
"""

from clusterer.storing.opening import Terms, table_of
from clusterer.storing.plain import from_bytes, to_bytes, to_plain
from clusterer.storing.store import Store

__all__ = ["Store", "Terms", "from_bytes", "table_of", "to_bytes", "to_plain"]
