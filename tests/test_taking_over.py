"""A server of the seeds goes over to the archive that it waits for, also if that cannot be opened at once."""

from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from adding import add
from embeddings.archives import GrowingArchive
from embeddings.folder.archive import Archive
from embeddings.locations import FolderPlace, Location, open_archive
from embeddings.types import Encoder
from fakes import FakeEncoder, FakeReader
from processes import wait_until
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from three_articles import TREATY
from web import create_app
from web.taking_over import taken_over

BUSY = "another process has the archive open"


@pytest.fixture
def app(seeds_archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application over the seeds, with fakes for the models; it looks for its archive all the time."""
    monkeypatch.setattr("web.taking_over.LOOK", 0.01)
    return create_app(Pipeline(seeds_archive, Readers(FakeReader({}), Calibration(margin=1.0)), Settings()))


@pytest.fixture
def news(tmp_path: Path) -> FolderPlace:
    """The place of an archive of one article."""
    place = FolderPlace(tmp_path / "news")
    with closing(Archive.create(place.folder, FakeEncoder())) as archive:
        add(archive, [TREATY])
    return place


def articles(app: Flask) -> object:
    """How many articles are asked."""
    return app.test_client().get("/api/v1/health").get_json()["articles"]


def failing(monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> list[Exception]:
    """Have opening an archive fail with these errors first; those that are left to come are in the list."""
    left = list(errors)

    def open_late(location: Location, encoder: Encoder) -> GrowingArchive:
        if left:
            raise left.pop(0)
        return open_archive(location, encoder)

    monkeypatch.setattr("web.taking_over.open_archive", open_late)
    return left


def test_an_archive_that_cannot_be_opened_yet_is_asked_once_it_can(
    app: Flask, news: FolderPlace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert articles(app) == 2
    failing(monkeypatch, ConnectionError(BUSY), ConnectionError(BUSY), TimeoutError(BUSY))
    with taken_over(app.config, news):
        wait_until(lambda: articles(app) == 1)
        assert caplog.messages == [f"The seed articles are still asked: {BUSY}", f"Now asking the articles in {news}"]


def test_an_archive_that_does_not_fit_is_not_tried_again(
    app: Flask, news: FolderPlace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left = failing(monkeypatch, ValueError("it was built with another encoder"), ValueError("nobody asks again"))
    with taken_over(app.config, news):
        wait_until(lambda: bool(caplog.messages))
    assert caplog.messages == ["The seed articles are still asked: it was built with another encoder"]
    assert len(left) == 1
    assert articles(app) == 2
