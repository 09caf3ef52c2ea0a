"""An application over the seeds and more, with fake models and a token, for tools that try every operation."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask

from adding import add
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.types import Article
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from web import create_app
from web.access import Access
from web.tokens import Rights, Tokens, make_token

SEEDS = Path(__file__).parent.parent / "seeds"

FURTHER = [
    Article(
        id=f"harbour/{number}",
        text=f"The harbour of Lamu signed memorandum of understanding {number}. Its master said so.",
        title=f"Harbour {number}",
        published=f"20{10 + number % 15}-0{1 + number % 9}",
        outlet=("Gazette", "Herald", "")[number % 3],
    )
    for number in range(40)
]
"""Articles enough that some are left when a tool has deleted those that it came upon."""


@contextmanager
def fake_app(folder: Path) -> Iterator[Flask]:
    """Yield the application; its config has the token that may write as SECRET."""
    with closing(Archive.create(folder / "archive", FakeEncoder())) as archive:
        index_paths(archive, [SEEDS], lambda _: None)
        add(archive, FURTHER)
        archive.refresh()
        readers = Readers(FakeReader({"memorandum of understanding": 9.0}), Calibration(margin=1.0))
        secret = make_token(folder / "tokens.json", "test", Rights.WRITE)
        may = Access(Tokens(folder / "tokens.json"))
        yield create_app(Pipeline(archive, readers, Settings()), ACCESS=may, SECRET=secret)
