"""Encoders by name: compiled once, and opened from the cache after that."""

import logging
import os
from pathlib import Path

from embeddings import onnx_models
from embeddings.compiling import compile_encoder
from embeddings.encoder import FORMAT, OnnxEncoder

log = logging.getLogger(__name__)


def default_cache() -> Path:
    """Return the folder for compiled models: in XDG_CACHE_HOME if that is set, else in ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pressmark"


def load_encoder(name: str, cache: Path | None = None, precision: str = "int8") -> OnnxEncoder:
    """Return the encoder of that name, compiling it first if the cache, default_cache(), does not hold it yet.

    `name` is the default's, that of a model on the model hub, or a folder with a sentence-transformers model. The first
    time takes about half a minute and imports torch; after that a start takes a fraction of a second. `precision` is
    "int8" or "float32"; a model that int8 spoils gets float32 all the same.

    Raises:
        ValueError: if the model cannot be found or is not what it should be.
    """
    folder = (cache or default_cache()) / "encoders" / _folder_name(name, precision)
    if not _is_compiled(folder):
        log.warning("compiling the encoder %s, once; this takes about half a minute", name)
        compile_encoder(name, folder, precision)
    return OnnxEncoder.open(folder)


def _folder_name(name: str, precision: str = "int8") -> str:
    return onnx_models.folder_name(name, str(FORMAT), *([] if precision == "int8" else [precision]))


def _is_compiled(folder: Path) -> bool:
    return all((folder / file).is_file() for file in ("encoder.json", "model.onnx", "tokenizer.json"))
