"""Models that others trained: by folder, or by name on the model hub."""

from __future__ import annotations

import json
import logging
import re
from functools import partial
from pathlib import Path

from clusterer.encoding.cached_folder import file_checksum
from clusterer.encoding.encoder import Encoder
from clusterer.encoding.folder import QUERY_PROMPT
from clusterer.encoding.runtimes import Runtime
from clusterer.encoding.transformer import TransformerEncoder
from clusterer.errors import EncoderError

_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
# Families that want a prefix which their folders do not always name.
_PROMPTS = ((re.compile(r"(^|[-_/])e5($|[-_])", re.IGNORECASE), QUERY_PROMPT),)


def open_named(name: str, runtime: Runtime) -> Encoder:
    """A sentence-transformers model.

    Raises EncoderError where there is no such folder, the hub cannot be reached, or the
    model has no safetensors.
    """
    if not name:
        raise EncoderError("st: needs a name, such as st:intfloat/multilingual-e5-small")
    local = Path(name).expanduser()
    folder = local if local.is_dir() else _download(name)
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EncoderError(f"{name}: no safetensors in it, and no other weights are read")
    label = local.name if folder is local else name
    return TransformerEncoder(
        id=f"st:{label}@{_fingerprint(folder)}/{runtime}",
        dimension=_dimension(folder),
        folder=partial(Path, folder),
        runtime=runtime,
        prompt=_prompt(name, folder),
    )


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    try:
        try:
            found = snapshot_download(name, allow_patterns=_FILES, local_files_only=True)
        except LocalEntryNotFoundError:
            found = snapshot_download(name, allow_patterns=_FILES)
    except HFValidationError:
        raise EncoderError(f"{name}: neither a folder nor the name of a model") from None
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError):
        raise EncoderError(
            f"{name}: no such folder, and the model hub did not give it "
            "(no such model, or no network); give a folder, or use 'packaged'"
        ) from None
    return Path(found)


def _fingerprint(folder: Path) -> str:
    import hashlib

    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".txt", ".model"}:
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(file_checksum(path).encode())
    return total.hexdigest()[:12]


def _dimension(folder: Path) -> int:
    """The size of the vectors: the last module that changes it has the word."""
    size = _read(folder / "config.json").get("hidden_size")
    for path in sorted(folder.glob("*/config.json")):
        told = _read(path)
        size = told.get("out_features", told.get("word_embedding_dimension", size))
    if not isinstance(size, int):
        raise EncoderError(f"{folder}: its configuration does not tell the size of its vectors")
    return size


def _prompt(name: str, folder: Path) -> str | None:
    told = _read(folder / "config_sentence_transformers.json")
    if told.get("default_prompt_name"):
        return None
    return next((prompt for family, prompt in _PROMPTS if family.search(name)), None)


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EncoderError(f"{path}: {error}") from None
    return found if isinstance(found, dict) else {}
