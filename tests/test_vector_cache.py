"""The vector cache never lies, never grows without end and never stops a run."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.encoding import VectorCache, encode_sentences, open_encoder
from clusterer.encoding.vectors import text_key
from clusterer.errors import EncoderError


class Counting:
    """The hashing encoder, counting the texts that it was given."""

    id = "counting@1"

    def __init__(self) -> None:
        self._inner = open_encoder("hash:")
        self.dimension = self._inner.dimension
        self.seen: list[str] = []

    def encode(self, texts):
        self.seen += texts
        return self._inner.encode(texts)


def keys_of(n: int, start: int = 0) -> list[bytes]:
    return [text_key(str(i)) for i in range(start, start + n)]


def vectors_of(n: int) -> np.ndarray:
    return np.arange(n * 4, dtype=np.float16).reshape(n, 4)


def test_each_distinct_text_is_encoded_once_in_its_life(tmp_path: Path) -> None:
    cache, encoder = VectorCache(tmp_path / "v.db"), Counting()
    encode_sentences(["a", "bb", "a"], encoder, cache)
    encode_sentences(["bb", "ccc", "a", "ccc"], encoder, cache)
    assert sorted(encoder.seen) == ["a", "bb", "ccc"]


@given(st.lists(st.text(max_size=20), max_size=30))
def test_the_order_of_texts_changes_nothing(texts: list[str]) -> None:
    encoder = open_encoder("hash:")
    rows = encode_sentences(texts, encoder)
    assert rows.shape == (len(texts), encoder.dimension)
    assert encode_sentences(texts[::-1], encoder)[::-1].tobytes() == rows.tobytes()


def test_vectors_of_two_encoders_never_mix(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.db")
    cache.put("one", keys_of(1), vectors_of(1))
    assert cache.get("two", keys_of(1)) == {}
    assert list(cache.get("one", keys_of(2))) == keys_of(1)


def test_it_stays_bounded_and_forgets_the_oldest(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.db", max_rows=100)
    for start in range(0, 300, 50):
        cache.put("e", keys_of(50, start), vectors_of(50))
    kept = cache.get("e", keys_of(300))
    assert len(kept) <= 100
    assert set(keys_of(50, 250)) <= kept.keys()


def test_many_keys_at_once(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.db")
    cache.put("e", keys_of(5000), vectors_of(5000))
    found = cache.get("e", keys_of(5000))
    assert all(
        np.array_equal(found[k], row)
        for k, row in zip(keys_of(5000), vectors_of(5000), strict=True)
    )


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"?" * 5000]
)
def test_a_damaged_file_is_begun_anew_with_a_word(
    content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "v.db"
    path.write_bytes(content)
    cache, encoder = VectorCache(path), Counting()
    with caplog.at_level(logging.WARNING):
        first = encode_sentences(["a", "b"], encoder, cache)
    assert "damaged" in caplog.text
    assert encode_sentences(["a", "b"], encoder, cache).tobytes() == first.tobytes()
    assert len(encoder.seen) == 2


def test_a_place_that_cannot_be_written_costs_only_speed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    cache = VectorCache(tmp_path / "file" / "v.db")
    with caplog.at_level(logging.WARNING):
        rows = encode_sentences(["a", "b"], open_encoder("hash:"), cache)
    assert rows.shape[0] == 2
    assert "not used" in caplog.text


def test_many_processes_write_at_once(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from clusterer.encoding import VectorCache, encode_sentences, open_encoder\n"
        "cache, start = VectorCache(Path(sys.argv[1])), int(sys.argv[2])\n"
        "for i in range(start, start + 40):\n"
        "    encode_sentences([f'text {i}', 'shared'], open_encoder('hash:'), cache)\n"
    )
    path = tmp_path / "v.db"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path), str(start)], stderr=subprocess.PIPE, text=True
        )
        for start in (0, 40, 80)
    ]
    assert [run.communicate()[1] for run in runs] == ["", "", ""]
    keys = [text_key(f"text {i}") for i in range(120)] + [text_key("shared")]
    assert len(VectorCache(path).get("hash@1", keys)) == 121


def test_progress_ends_at_its_total(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    encode_sentences(
        [str(i) for i in range(2500)], open_encoder("hash:"), None, lambda *x: told.append(x)
    )
    assert told[0] == ("encode", 0, 2500)
    assert told[-1] == ("encode", 2500, 2500)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_an_encoder_that_fails_is_told_apart() -> None:
    class Broken(Counting):
        def encode(self, texts):
            return np.full((len(texts), self.dimension), np.nan, np.float32)

    with pytest.raises(EncoderError, match=r"counting@1"):
        encode_sentences(["a"], Broken())
