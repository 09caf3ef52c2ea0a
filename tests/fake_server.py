"""An application over the seed articles with fake models and a token, for tools that try every operation."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask

from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from web import create_app
from web.access import Access
from web.tokens import Rights, Tokens, make_token

SEEDS = Path(__file__).parent.parent / "seeds"


@contextmanager
def fake_app(folder: Path) -> Iterator[Flask]:
    """Yield the application; its config has the token that may write as SECRET."""
    with closing(Archive.create(folder / "archive", FakeEncoder())) as archive:
        index_paths(archive, [SEEDS], lambda _: None)
        readers = Readers(FakeReader({"memorandum of understanding": 9.0}), Calibration(margin=1.0))
        secret = make_token(folder / "tokens.json", "test", Rights.WRITE)
        may = Access(Tokens(folder / "tokens.json"))
        yield create_app(Pipeline(archive, readers, Settings()), ACCESS=may, SECRET=secret)
