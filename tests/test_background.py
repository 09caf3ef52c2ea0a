"""Reading and storing go on while others are encoded, and whatever ends a run ends all of it."""

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.records import prepare
from embeddings.types import Filter, Offsets, Vectors
from fakes import FakeEncoder
from processes import wait_until

pytestmark = pytest.mark.slow


class WatchedEncoder(FakeEncoder):
    """Notes what it splits and encodes, and does `first` before it encodes anything."""

    def __init__(self, first: Callable[[Sequence[str]], object] = lambda _: None) -> None:
        self.first = first
        self.split: list[str] = []
        self.steps: list[int] = []

    def token_offsets(self, text: str) -> Offsets:
        self.split.append(text)
        return super().token_offsets(text)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.steps.append(len(texts))
        self.first(texts)
        return super().encode_passages(texts)


def numbered(folder: Path, count: int) -> Path:
    path = folder / "a.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "Number {n}."}}\n' for n in range(count)))
    return path


def run(folder: Path, encoder: FakeEncoder, path: Path, progress: Callable[[int], object] = lambda _: None) -> None:
    with closing(Archive.create(folder / "archive", encoder)) as archive:
        index_paths(archive, [path], progress)


def stored(folder: Path) -> list[str]:
    with closing(Archive(folder / "archive", FakeEncoder())) as archive:
        return sorted(article.text for article in archive.store.articles())


@pytest.fixture(autouse=True)
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.indexing.decisions.BATCH_ARTICLES", 1)
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_PASSAGES", 2)


def test_the_next_articles_are_read_and_split_while_one_is_encoded(tmp_path: Path) -> None:
    encoder = WatchedEncoder(lambda _: wait_until(lambda: len(encoder.split) == 5))
    run(tmp_path, encoder, numbered(tmp_path, 5))
    assert stored(tmp_path) == [f"Number {n}." for n in range(5)]


def test_the_last_are_stored_while_the_next_are_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    encoder = WatchedEncoder(lambda texts: wait_until(lambda: "Number 4." not in texts[0] or len(told) == 2))
    run(tmp_path, encoder, numbered(tmp_path, 5), told.append)
    assert len(told) == 3


def test_no_more_is_read_than_may_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.indexing.background.WAITING_PASSAGES", 2)
    ahead: list[int] = []

    def wait_a_while(_: Sequence[str]) -> None:
        if not ahead:
            wait_until(lambda: len(encoder.split) == 3)
            sleep(0.1)
            ahead.append(len(encoder.split))

    encoder = WatchedEncoder(wait_a_while)
    monkeypatch.setattr("embeddings.indexing.background.THREADS", 1)
    run(tmp_path, encoder, numbered(tmp_path, 30))
    assert ahead == [3]  # the one that waits has been split
    assert len(stored(tmp_path)) == 30


def test_articles_wait_no_longer_than_a_transaction_may_for_a_long_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_SECONDS", 0.5)
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Short."}\n{"text": "Long."}\n')
    told: list[int] = []
    encoder = WatchedEncoder(lambda texts: wait_until(lambda: "Long." not in texts[0] or len(told) == 1))
    run(tmp_path, encoder, path, told.append)  # which ends as the short one is stored before the long one is encoded
    assert sum(told) == path.stat().st_size


def test_a_long_article_is_encoded_in_steps_and_stored_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.indexing.background.STEP_PASSAGES", 3)
    text = " ".join(f"Number {n} {'word ' * 100}." for n in range(8))  # each sentence fills a window
    (tmp_path / "a.txt").write_text(text)
    encoder = WatchedEncoder()
    run(tmp_path, encoder, tmp_path / "a.txt")
    assert sorted(encoder.steps) == [2, 3, 3]
    with closing(Archive(tmp_path / "archive", FakeEncoder())) as archive:
        assert archive.store.generation == 1
        whole = prepare(list(archive.store.articles()), archive.encoder, archive.splitting)[0]
        vectors = archive.search_vectors(whole.vectors[5:6], 1, Filter())
        assert [passage.text for passage in archive.passages(vectors.numbers).values()] == [whole.passages[5].text]


def test_an_error_in_encoding_ends_the_run_and_what_was_stored_stays(tmp_path: Path) -> None:
    def fail(texts: Sequence[str]) -> None:
        if "Number 5." in texts[0]:
            raise ValueError("the model does not like 5")

    path = numbered(tmp_path, 9)
    with pytest.raises(ValueError, match="the model does not like 5"):
        run(tmp_path, WatchedEncoder(fail), path)
    assert stored(tmp_path) == [f"Number {n}." for n in range(4)]
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("indexing")] == []
    with closing(Archive(tmp_path / "archive", FakeEncoder())) as archive:
        report = index_paths(archive, [path], lambda _: None)
    assert (report.added, report.unchanged) == (5, 4)


def test_an_interruption_waits_for_nothing_that_has_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_PASSAGES", 1)
    monkeypatch.setattr("embeddings.indexing.background.STEP_PASSAGES", 1)
    path = tmp_path / "a.jsonl"
    long = " ".join(f"Number {n} {'word ' * 100}." for n in range(500))
    path.write_text(f'{{"text": "Short."}}\n{json.dumps({"text": long})}\n')

    def work(_: Sequence[str]) -> None:
        wait_until(lambda: len(encoder.split) == 2)
        sleep(0.01)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    encoder = WatchedEncoder(work)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, encoder, path, interrupt)
    assert len(encoder.steps) < 250
    assert stored(tmp_path) == ["Short."]
