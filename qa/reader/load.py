"""Readers by name: the exported folder as it is, any other question-answering model compiled first, each calibrated."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from embeddings import onnx_models
from embeddings.encoders import default_cache
from qa.confidence import FILE, FIT, Calibration
from qa.reader.onnx_reader import EXPORT, SPEC, OnnxReader
from qa.settings import SHIPPED_READER

log = logging.getLogger(__name__)

HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
"""A model's name on the model hub, "name" or "owner/name"; what has more slashes is a folder's path."""

FORMAT = 2
"""Version of a compiled folder; one of another version is compiled again."""

OWN_ODDS = Calibration(margin=1.0, threshold=0.5)
"""For a reader that was not calibrated: the odds that the model itself gives its span over "no answer here"."""


def open_reader(name: str | Path, cache: Path | None = None) -> OnnxReader:
    """Return a reader, whatever its calibration.

    `name` is the folder that `pressmark train export` wrote, or a Hugging Face question-answering model, by folder or
    by its name on the model hub: that is compiled once into the cache, by default default_cache(). Without a relevance
    head passages are not reordered: it is logged.

    Raises:
        FileNotFoundError: if there is no such model here, or a file of it is missing.
        ValueError: if a file was altered.
    """
    folder = Path(name)
    if not (folder / SPEC).is_file():
        folder = _compiled(str(name), (cache or default_cache()) / "readers")
    reader = OnnxReader.open(folder)
    if not reader.gives_relevance:
        log.warning("the reader %s has no relevance head: passages stay in the order in which they were found", name)
    return reader


@dataclass(frozen=True, slots=True)
class CalibratedReader:
    """A reader, and what its scores are worth."""

    reader: OnnxReader
    calibration: Calibration


def load_reader(name: str | Path, cache: Path | None = None) -> CalibratedReader:
    """Return a reader, as `open_reader` does, and its calibration.

    Without one the confidence is the model's own, and it is logged; the reader that ships has one.

    Raises:
        FileNotFoundError: if there is no such model here, or a file of it is missing.
        ValueError: if a file was altered, or the calibration is damaged or another model's.
    """
    reader = open_reader(name, cache)
    if (reader.folder / FILE).is_file() or reader.folder == SHIPPED_READER:
        return CalibratedReader(reader, Calibration.load(reader.folder, reader.spec.sha256["model.onnx"]))
    log.warning(
        "the reader %s is not calibrated: confidences are its own; fit them with: %s DATA --reader %s",
        name,
        FIT,
        name,
    )
    return CalibratedReader(reader, OWN_ODDS)


def _compiled(name: str, cache: Path) -> Path:
    """Return the folder of a Hugging Face model as an exported reader."""
    is_folder = Path(name).is_dir() or not HUB_NAME.fullmatch(name)
    if is_folder and not Path(name, "config.json").is_file():
        raise FileNotFoundError(f"the reader in {name} has neither {SPEC} nor config.json; make one with: {EXPORT}")
    folder = cache / onnx_models.folder_name(name, str(FORMAT))
    if not (folder / SPEC).is_file():
        from qa.reader.compile import compile_reader

        log.warning("compiling the reader %s, once; this takes about half a minute", name)
        compile_reader(name, folder)
    return folder
