"""Readers by name: the exported folder as it is, any other question-answering model compiled first, each calibrated."""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from embeddings import onnx_models
from embeddings.encoders import default_cache
from qa.confidence import FILE, FIT, Calibration
from qa.reader.onnx_reader import EXPORT, SPEC, OnnxReader, read_spec
from qa.reading import Readers
from qa.settings import MODELS, NAMED_READERS, Settings

log = logging.getLogger(__name__)

HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
"""A model's name on the model hub, "name" or "owner/name"; what has more slashes is a folder's path."""

FORMAT = 2
"""Version of a compiled folder; one of another version is compiled again."""

OWN_ODDS = Calibration(margin=1.0, threshold=0.5)
"""For a reader that was not calibrated: the odds that the model itself gives its span over "no answer here"."""

DIGITS = 12
"""Of the SHA-256 of a model's weights, what tells it from all others."""

BESIDE = 700_000_000
"""Bytes of memory, or of address space, that the careful reader leaves to the small one, the encoder and the indexes:
150 MB and 600 MB were measured with a small archive."""

NO_MEMORY = "There is too little memory for the careful reader: the small one reads alone."
"""What is said then with every prediction."""


def load_readers(settings: Settings) -> Readers:
    """Return the readers that the settings ask for, and what their answers are worth.

    A reader whose spec names a skimmer is one of a pair. If there is too little memory for it, the skimmer reads alone:
    that is logged, and in the notice. Without a calibration the confidence is the model's own, and it is logged; the
    readers that ship have one.

    Raises:
        FileNotFoundError: if there is no such model here, or a file of one of the two is missing.
        ValueError: if a file was altered, or the calibration is damaged or other models'.
    """
    folder = reader_folder(settings.reader, settings.cache)
    folders = pair_folders(folder)
    try:
        if len(folders) > 1:
            onnx_models.check_memory(folder / "model.onnx", BESIDE)
    except MemoryError as error:
        log.warning("%s %s", NO_MEMORY, error)
        return replace(load_readers(replace(settings, reader=str(folders[-1]))), notice=NO_MEMORY)
    calibration = _calibration(folders, settings.reader).expecting(settings.answerable)
    return replace(open_readers(folders), calibration=calibration)


def open_readers(folders: Sequence[Path]) -> Readers:
    """Return the reader of the first folder, and what skims for it of a second, whatever their calibration.

    Without a relevance head passages are not reordered: it is logged.

    Raises:
        FileNotFoundError: if a file of it is missing.
        ValueError: if a file was altered.
        MemoryError: if it needs more memory than there is.
    """
    opened = [OnnxReader.open(folder) for folder in folders]
    for folder, reader in zip(folders, opened, strict=True):
        if not reader.gives_relevance:
            said = "the reader %s has no relevance head: passages stay in the order in which they were found"
            log.warning(said, folder)
    specs = map(read_spec, folders)
    models = tuple(f"{spec.name} {spec.sha256['model.onnx'][:DIGITS]}" for spec in specs)
    return Readers(opened[0], OWN_ODDS, skimmer=opened[1] if opened[1:] else None, models=models)


def reader_folder(name: str | Path, cache: Path | None = None) -> Path:
    """Return the folder of a reader.

    `name` is one of NAMED_READERS, the folder that `pressmark train export` wrote, or a Hugging Face question-answering
    model, by folder or by its name on the model hub: that is compiled once into the cache, by default default_cache().

    Raises:
        FileNotFoundError: if there is no such model here.
    """
    folder = MODELS / name if name in NAMED_READERS else Path(name)
    if name in NAMED_READERS or (folder / SPEC).is_file():
        return folder
    return _compiled(str(name), (cache or default_cache()) / "readers")


def pair_folders(folder: Path) -> tuple[Path, ...]:
    """Return the folder of a reader and, if its spec names one that skims for it, of that one.

    Raises:
        FileNotFoundError: if one of them is not a reader's.
        ValueError: if the spec is damaged.
    """
    skimmer = read_spec(folder).skimmer
    if not skimmer:
        return (folder,)
    try:
        read_spec(folder.parent / skimmer)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error}; it skims for the reader in {folder}") from error
    return folder, folder.parent / skimmer


def models_of(folders: Sequence[Path]) -> str:
    """Return the SHA-256 of the models in readers' folders, as a calibration names them."""
    return ", ".join(read_spec(folder).sha256["model.onnx"] for folder in folders)


def _calibration(folders: Sequence[Path], name: str) -> Calibration:
    if (folders[0] / FILE).is_file() or folders[0].parent == MODELS:
        return Calibration.load(folders[0], models_of(folders))
    log.warning(
        "the reader %s is not calibrated: confidences are its own; fit them with: %s DATA --reader %s",
        name,
        FIT,
        name,
    )
    return OWN_ODDS


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
