"""Whatever happens to a process or a file, the archive opens consistent, and the next run completes.

`make test` does this a few times; PRESSMARK_TEST_KILLS=250 in the environment does it as often as it says. What is done
follows from a seed, PRESSMARK_TEST_SEED, which a failure prints.
"""

import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from embeddings.folder.archive import Archive
from embeddings.folder.check import find_faults, save_articles
from embeddings.indexing.index import index_paths, look_through
from embeddings.indexing.looks import READ_ALL
from embeddings.records import prepare
from embeddings.types import DamagedError, Filter
from fakes import FakeEncoder
from files_on_disk import flip_bit
from processes import ENVIRONMENT, PATIENCE, WITH_FAKE_ENCODER, start_python

pytestmark = pytest.mark.slow

log = logging.getLogger(__name__)

KILLS = int(os.environ.get("PRESSMARK_TEST_KILLS", "20"))
SEED = int(os.environ.get("PRESSMARK_TEST_SEED", "20221019"))

ALL = Filter()
ARTICLES = 60
INDEX = f"""{WITH_FAKE_ENCODER}
from embeddings.indexing import background, decisions
decisions.BATCH_ARTICLES, background.TRANSACTION_PASSAGES = 2, 8
print("ready", flush=True)
commands.index(sys.argv[1:])
"""
"""`pressmark index` with many small transactions."""


def write_articles(folder: Path, version: int, count: int = ARTICLES) -> None:
    """Write files of which some change with the version, some come and some go."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        path = folder / f"{number:03}.txt"
        if (number + version) % 7 == 0:
            path.unlink(missing_ok=True)
        elif version == 0 or number % 3 == version % 3 or not path.exists():
            words = f"Version {version} of the treaty number {number} was signed in town {number % 9}. "
            path.write_text(f"Treaty {number}\n\n{words * (1 + number % 40)}")


def start(paths: list[Path], archive: Path) -> subprocess.Popen[str]:
    """Start indexing in a process of its own, and return it once it is at work."""
    process = start_python(INDEX, *paths, "--prune", "--archive", archive)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> None:
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, stderr


def check_consistent(folder: Path) -> None:
    """Every passage is on both legs and in the database, vectors are those of the texts, and no article is in part."""
    with closing(Archive(folder, FakeEncoder())) as archive:
        expected = {}
        for prepared in prepare(list(archive.store.articles()), archive.encoder, archive.splitting):
            for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
                expected[passage.id] = (passage.text, vector)
        with archive.indexes.shown() as shown:
            held, vectors = shown.vectors.held()
            assert shown.keywords.numbers() == set(held.tolist())
        passages = archive.passages(held.tolist())
        stored = {passages[number].id: vector for number, vector in zip(held.tolist(), vectors, strict=True)}
        assert {one.id: one.text for one in passages.values()} == {name: text for name, (text, _) in expected.items()}
        assert all(np.array_equal(stored[name], vector) for name, (_, vector) in expected.items())
        assert archive.store.counts().passages == len(expected)
        by_keywords = archive.passages(archive.search_keywords("treaty", 10_000, ALL).numbers)
        assert {one.id for one in by_keywords.values()} == set(expected)
    assert find_faults(folder) == []


def check_complete(folder: Path, source: Path) -> None:
    """The archive holds what the files say, and nothing else."""
    with closing(Archive(folder, FakeEncoder())) as archive:
        look_through(archive, [source], READ_ALL)
        stored = {article.id: article.text for article in archive.store.articles()}
    assert stored == {path.stem: path.read_text().split("\n\n")[1].strip() for path in source.glob("*.txt")}
    check_consistent(folder)


@pytest.fixture(scope="module")
def duration(tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that a run takes when nobody kills it."""
    folder = tmp_path_factory.mktemp("whole")
    write_articles(folder / "in", 0)
    process = start([folder / "in"], folder / "archive")
    began = monotonic()
    finish(process)
    check_complete(folder / "archive", folder / "in")
    return monotonic() - began


@pytest.mark.parametrize("part", range(max(1, KILLS // 10)))
def test_an_archive_survives_the_killing_of_its_writer(part: int, duration: float, tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} {part}")
    log.warning("PRESSMARK_TEST_SEED=%s, part %s", SEED, part)
    archive, source = tmp_path / "archive", tmp_path / "in"
    killed, longest = 0, duration
    for version in range(100):
        write_articles(source, version)
        process = start([source], archive)
        sleep(chance.random() * longest)
        process.kill()
        process.communicate(timeout=PATIENCE)
        while_it_ran = process.returncode == -signal.SIGKILL
        killed += while_it_ran
        longest *= 1.1 if while_it_ran else 0.7  # how long a run takes depends on what else the machine does
        log.warning("version %s: killed %s", version, while_it_ran)
        if (archive / "archive.sqlite").exists():
            check_consistent(archive)
        if killed == 10:
            break
    assert killed == 10
    finish(start([source], archive))
    check_complete(archive, source)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose last writer crashed: its journal is full of commits, some of them written back already."""
    folder = tmp_path_factory.mktemp("crashed")
    return crash(folder, "Azernews")


def crash(folder: Path, title: str) -> Path:
    write_articles(folder / "in", 0)
    (folder / "in" / "999.txt").write_text(f"{title}\n\nThe treaty of {title} was signed.")
    code = f"""
import os, sys
from pathlib import Path
from embeddings.indexing import background, decisions, index
from embeddings.folder.archive import Archive
from fakes import FakeEncoder
decisions.BATCH_ARTICLES, background.TRANSACTION_PASSAGES = 2, 8
archive = Archive.create(Path({str(folder / "archive")!r}), FakeEncoder())
index.index_paths(archive, [Path({str(folder / "in")!r})], lambda _: None)
archive.store.write_journal_back()
archive.remove(["001", "002"])
archive.refresh()
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT, timeout=PATIENCE)
    assert (folder / "archive" / "archive.sqlite-wal").stat().st_size > 100_000
    return folder


def cut(path: Path, other: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size + 1)])


def delete(path: Path, other: Path, chance: random.Random) -> None:
    path.unlink()


def swap(path: Path, other: Path, chance: random.Random) -> None:
    same = [each for each in sorted(other.parent.glob("*")) if each.suffix == path.suffix and each.is_file()]
    shutil.copyfile(other if other.is_file() else chance.choice(same or [path]), path)


def flip(path: Path, other: Path, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 1, 1, 5])):
        flip_bit(path, chance.randrange(path.stat().st_size), chance.randrange(8))


Harm = Callable[[Path, Path, random.Random], None]

INDEX_FILES = (
    "vectors.faiss",
    "keywords/stamp.json",
    "keywords/meta.json",
    "keywords/.managed.json",
    *(f"keywords/*{suffix}" for suffix in (".term", ".idx", ".fast", ".fieldnorm", ".pos", ".store")),
    "archive.sqlite-wal",
    "archive.sqlite-shm",
)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another archive whose last writer crashed."""
    return crash(tmp_path_factory.mktemp("other"), "Gazette") / "archive"


@pytest.mark.parametrize("harm", [cut, delete, swap, flip], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("pattern", INDEX_FILES)
def test_an_archive_survives_harm_to_a_file(
    pattern: str, harm: Harm, crashed: Path, other: Path, tmp_path: Path
) -> None:
    for turn in range(max(1, KILLS // 20)):
        chance = random.Random(f"{SEED} {pattern} {harm.__name__} {turn}")
        log.warning("PRESSMARK_TEST_SEED=%s, turn %s", SEED, turn)
        archive = tmp_path / f"archive-{turn}"
        shutil.copytree(crashed / "archive", archive)
        path = chance.choice(sorted(path for path in archive.glob(pattern) if path.stat().st_size))
        harm(path, other / path.relative_to(archive), chance)
        check_consistent(archive)
        check_complete(archive, crashed / "in")
        shutil.rmtree(archive, ignore_errors=True)  # tantivy may still be merging


def test_all_index_files_of_another_archive_are_built_anew(crashed: Path, other: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(crashed / "archive", archive)
    shutil.rmtree(archive / "keywords")
    shutil.copytree(other / "keywords", archive / "keywords")
    for name in ("vectors.faiss", "archive.sqlite-wal", "archive.sqlite-shm"):
        shutil.copyfile(other / name, archive / name)
    check_consistent(archive)
    check_complete(archive, crashed / "in")
    assert (archive / "archive.sqlite-wal.of-another").exists()


# --- the database -----------------------------------------------------------------------------------------------------

FLIPS = max(20, KILLS)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that was closed: its journal is written back."""
    folder = tmp_path_factory.mktemp("closed")
    write_articles(folder / "in", 0)
    with closing(Archive.create(folder / "archive", FakeEncoder())) as archive:
        index_paths(archive, [folder / "in"], lambda _: None)
    return folder / "archive"


@pytest.mark.parametrize("number", range(FLIPS))
def test_what_a_flipped_bit_in_the_database_changed_is_never_shown_nor_saved(
    number: int, closed: Path, tmp_path: Path
) -> None:
    with closing(Archive(closed, FakeEncoder())) as archive:
        stored = {article.id: replace(article, source="") for article in archive.store.articles()}
    folder, chance = tmp_path / "archive", random.Random(f"{SEED} {number}")
    shutil.copytree(closed, folder)
    flip(folder / "archive.sqlite", folder, chance)
    try:
        with closing(Archive(folder, FakeEncoder())) as archive:
            for name, article in stored.items():
                with suppress(DamagedError, KeyError):
                    assert replace(archive.store.article(name), source="") == article
            found = archive.search_keywords("treaty", 1000, ALL).numbers
            for passage in archive.passages(found).values():
                assert replace(passage.article, source="") == stored[passage.article.id]
    except (DamagedError, ValueError):
        assert check_or_refuse(folder)
    saved = save_articles(folder)
    for line in saved.path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert record["text"] == stored[record["id"]].text


def check_or_refuse(folder: Path) -> bool:
    """Tell whether the check finds something, or says plainly that there is no archive to check."""
    try:
        return bool(find_faults(folder))
    except ValueError:
        return True
