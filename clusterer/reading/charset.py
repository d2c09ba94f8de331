"""Bytes into text: marks first, then UTF-8, then the Windows code pages that still live."""

from __future__ import annotations

import codecs

from clusterer.reading.files import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What pages in our languages were written in before UTF-8; the detector chooses among them.
_OLD = ["cp1256", "cp1251", "cp1255", "cp1254", "cp1252", "koi8_r", "iso8859_6", "cp864"]
SAMPLE_BYTES = 50_000


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data``. ``declared`` is what the file itself says, tried after UTF-8.

    Raises Unreadable for binary data and for mixed or unknown encodings.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\x00" in data[:SAMPLE_BYTES]:
        raise Unreadable("binary data, not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(data):
        raise Unreadable("mixed encodings: UTF-8 with foreign bytes")
    if declared:
        try:
            return data.decode(declared)
        except (LookupError, UnicodeDecodeError):
            pass
    return _strict(data, _detected(data))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not valid {encoding} at byte {error.start}") from None


def _mostly_utf8(data: bytes) -> bool:
    """Whether most bytes above ASCII form UTF-8 all the same."""
    sample = data[:SAMPLE_BYTES]
    high = sum(byte > 127 for byte in sample)
    lost = sample.decode("utf-8", "replace").count("\ufffd")
    return high > 0 and lost < 0.2 * high


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE_BYTES], cp_isolation=_OLD, threshold=0.3).best()
    if best is None:
        raise Unreadable("binary data or an unknown encoding")
    return best.encoding
