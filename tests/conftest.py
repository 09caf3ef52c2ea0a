"""Fixtures: archives over the seeds with the fakes and with the real models, and a real server."""

import os
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from adding import add
from browsing import browser, one_browser, scriptless, start_browser  # noqa: F401
from embeddings.encoder import DEFAULT_ENCODER, OnnxEncoder
from embeddings.encoders import default_cache, load_encoder
from embeddings.files.articles import read_file
from embeddings.files.finding import InputFile
from embeddings.files.pieces import Piece
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.locations import Location, MilvusPlace, parse_location
from fakes import FakeEncoder
from qa.pipeline import Pipeline
from qa.reader.load import load_readers
from qa.reader.onnx_reader import OnnxReader
from qa.settings import SHIPPED_READER, Settings
from serving_app import served
from three_articles import THREE, Found, hits
from web import create_app

SEEDS = Path(__file__).parent.parent / "seeds"

settings.register_profile(
    "everyday",
    max_examples=30,
    derandomize=True,  # the same examples every time: who changes nothing breaks nothing
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", settings.get_profile("everyday"), max_examples=1000, derandomize=False)
settings.load_profile("everyday")

needs_milvus = pytest.mark.skipif(
    find_spec("pymilvus") is None or find_spec("milvus_lite") is None,
    reason="pymilvus is not installed: pip install 'pressmark[milvus]'",
)


PLACES = [pytest.param("archive", id="folder"), pytest.param("archive.db", id="Milvus Lite", marks=needs_milvus)]
"""Where archives of every kind can be made, in a temporary folder."""


@pytest.fixture(params=PLACES)
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Location]:
    """Where an archive is to be made."""
    place = parse_location(str(tmp_path / request.param))
    yield place
    let_go(place)


def let_go(location: Location) -> None:
    """Have nothing of a Milvus Lite file in memory any more, as if its process had ended."""
    if isinstance(location, MilvusPlace):
        from milvus_lite.server_manager import server_manager_instance

        server_manager_instance.release_server(location.address.uri)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are not shown: packed ones hold the time, and all workers must give a test the same name."""
    return argname if isinstance(val, bytes) else None


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker of a run to ask for it makes, and the others wait for."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, draft = shared / name, shared / f"{name}-draft"
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder, not to be changed, with made-up questions, and of a tiny model the start, the checkpoint, the reader.

    They are data.jsonl, start/, trained/ and reader/.
    """
    from tiny_model import write_tiny_reader

    return made_once(tmp_path_factory, "tiny-reader", write_tiny_reader)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Torch on one thread: a tiny model is slower on many, and far slower where other programs use the cores."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache with the encoders that this machine has compiled, and nothing else; no feedback of ours is touched."""
    compiled, folder = default_cache() / "encoders", tmp_path_factory.mktemp("cache") / "pressmark"
    compiled.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    (folder / "encoders").symlink_to(compiled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder.parent))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield folder


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive with the fake encoder."""
    opened = Archive.create(tmp_path / "archive", FakeEncoder())
    yield opened
    opened.close()


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """An archive of three articles, with the fake encoder."""
    add(archive, THREE)
    archive.refresh()
    return archive


@pytest.fixture
def filled_folder(filled: Archive) -> Path:
    """A closed archive of three articles, its indexes up to date."""
    filled.close()
    return filled.folder


@pytest.fixture
def filled_hits(filled: Archive) -> Found:
    """What is found in the archive of three articles."""
    return hits(filled)


@pytest.fixture
def seeds_archive(archive: Archive) -> Archive:
    """The seeds, with the fake encoder."""
    index_paths(archive, [SEEDS], lambda _: None)
    return archive


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    """The real encoder, compiled if this machine has not done so yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # torch's own, while it compiles
        return load_encoder(DEFAULT_ENCODER)


@pytest.fixture(scope="session")
def reader() -> OnnxReader:
    """The shipped reader."""
    return OnnxReader.open(SHIPPED_READER)


@pytest.fixture(scope="session")
def seeds_pipeline(encoder: OnnxEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The real models over the seeds."""
    opened = Archive.create(tmp_path_factory.mktemp("seeds") / "archive", encoder)
    index_paths(opened, [SEEDS], lambda _: None)
    yield Pipeline(opened, load_readers(Settings()), Settings())
    opened.close()


@pytest.fixture(scope="session")
def live_url(seeds_pipeline: Pipeline) -> Iterator[str]:
    """The address of a real server over the seeds."""
    with served(create_app(seeds_pipeline)) as address:
        yield address


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that indexing reads."""
    names: list[str] = []

    def note(file: InputFile, *said: Any, **options: Any) -> Iterator[Piece]:
        names.append(file.path.name)
        return read_file(file, *said, **options)

    monkeypatch.setattr("embeddings.indexing.run.read_file", note)
    return names
