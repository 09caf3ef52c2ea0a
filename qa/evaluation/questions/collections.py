"""Question sets by their path; their collections and question vectors are made once and kept in the cache."""

import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from embeddings.archives import GrowingArchive, SearchableArchive
from embeddings.encoders import default_cache
from embeddings.files.articles import read_articles
from embeddings.files.pieces import Unread
from embeddings.folder.archive import Archive
from embeddings.folder.paths import exists
from embeddings.locations import FORMAT, Location, open_archive
from embeddings.passages import SPLITTING, Splitting
from embeddings.plural import plural
from embeddings.records import prepare
from embeddings.types import Article, Encoder, Vectors
from qa.evaluation.progress import shown
from qa.evaluation.questions.beir import read_beir
from qa.evaluation.questions.datasets import (
    Question,
    QuestionSet,
    check_ids,
    check_relevant,
    locate,
    read_news,
    read_seeds,
    squad_collection,
    unjudged_note,
)
from qa.evaluation.questions.records import Record, read_jsonl
from qa.evaluation.questions.squad import read_squad
from qa.limits import check_question

LOT = 256
"""How many articles or questions are encoded together."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Collection:
    """A question set, its archive, and its questions' vectors, shape (questions, dimension)."""

    questions: QuestionSet
    archive: SearchableArchive
    vectors: Vectors


def read_set(path: Path, *, split: str = "test") -> QuestionSet:
    """Return the question set at a path, with its collection if it brings one.

    A folder has the BEIR layout. A .json or .json.gz file has SQuAD's format: its paragraphs are the collection. A
    .jsonl or .jsonl.gz file holds reader data if its first line has `text`, news questions if it has `asked` or
    `relevant`, else questions on the articles in its folder, as seeds/questions.jsonl.

    Raises FileNotFoundError, and ValueError naming file, line and what was expected: also for a question that cannot be
    asked, such as a blank one.
    """
    questions = _read(path, split)
    for question in questions.questions:
        try:
            check_question(question.question)
        except ValueError as error:
            raise ValueError(f"{path}: question {question.id!r}: {error}") from error
    return questions


def narrowed(questions: QuestionSet, *, asked: str = "", most: int | None = None) -> QuestionSet:
    """Return the set with only the questions asked in `asked`, the beginning of an ISO date, and at most that many.

    They are drawn at random, the same ones every time, and stay in their order; `notes` count what was left out.
    Raises ValueError if no question is left.
    """
    chosen = [question for question in questions.questions if question.asked.startswith(asked)]
    if not chosen:
        raise ValueError(
            f"{questions.name}: no question was asked in {asked!r}, expected a year, a month or a day of it"
        )
    notes = list(questions.notes)
    if asked:
        notes.append(f"Only the {len(chosen)} of {len(questions.questions)} questions that were asked in {asked}.")
    if most is not None and most < len(chosen):
        notes.append(f"A sample: {most} of {len(chosen)} questions, drawn at random with seed 0.")
        chosen = sample(chosen, most)
    name = f"{questions.name} asked in {asked}" if asked else questions.name
    return replace(questions, name=name, questions=tuple(chosen), notes=tuple(notes))


def sample(items: Sequence[Item], most: int, *, seed: int = 0) -> list[Item]:
    """Return at most that many items, drawn at random, the same ones every time, in the order given."""
    if most >= len(items):
        return list(items)
    return [items[index] for index in sorted(random.Random(seed).sample(range(len(items)), most))]


def open_collection(
    questions: QuestionSet, location: Location | None, encoder: Encoder, cache: Path | None
) -> GrowingArchive:
    """Return the archive at the location, or without one that of the set's own articles, indexed now if not yet.

    Raises FileNotFoundError for no such archive; ValueError for a set without articles and without an archive, for
    relevant articles that are not in it, and for answers that do not stand where the set says.
    """
    archive: GrowingArchive
    if location is not None:
        archive = open_archive(location, encoder)
    elif questions.articles:
        archive = own_archive(questions, encoder, cache)
    else:
        raise ValueError(f"{questions.name} brings no articles; name the archive that holds them with --archive DIR")
    check_relevant(questions, (article.id for article in archive.store.articles()))
    for question in questions.questions:
        locate(question, {place.article: archive.store.article(place.article) for place in question.places})
    return archive


def question_vectors(encoder: Encoder, questions: Sequence[str], cache: Path | None) -> Vectors:
    """Return the vectors of questions, shape (questions, dimension), kept in the cache by encoder and content."""
    path = _kept(cache) / "questions" / f"{_digest(encoder.name, *questions)}.npy"
    if path.is_file():
        kept: Vectors = np.load(path)
        return kept
    starts = range(0, len(questions), LOT)
    lots = (encoder.encode_questions(questions[start : start + LOT]) for start in starts)
    vectors = np.concatenate(list(shown(lots, len(starts), f"lots of {LOT} questions encoded")))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part.npy")
    np.save(whole, vectors)
    whole.replace(path)
    return vectors


def _read(path: Path, split: str) -> QuestionSet:
    if path.is_dir():
        return read_beir(path, split=split)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give a question file or a folder in the BEIR layout")
    name = path.name.removesuffix(".gz")
    if name.endswith(".json"):
        return squad_collection(read_squad(path))
    if name.endswith(".jsonl"):
        return _json_lines(path)(path)
    raise ValueError(f"{path}: expected SQuAD's .json, a .jsonl of questions, or a folder in the BEIR layout")


def _json_lines(path: Path) -> Callable[[Path], QuestionSet]:
    first = read_jsonl(path)[0].fields
    if "text" in first:
        return read_reader_data
    return read_news if "asked" in first or "relevant" in first else _seeds


def _seeds(path: Path) -> QuestionSet:
    questions, articles = read_seeds(path), list(read_articles([path.parent]))
    unread = [article for article in articles if isinstance(article, Unread)]
    entries = plural(len(unread), "entry", "entries")
    notes = (f"{entries} beside {path.name} without an article, such as {unread[0].source}.",) if unread else ()
    return replace(questions, articles=tuple(item for item in articles if isinstance(item, Article)), notes=notes)


def read_reader_data(path: Path) -> QuestionSet:
    """Return reader data, JSON Lines of id, question, title, text, answers[{text, start}]: its texts are the articles.

    Relevant is the text a question was asked about. Raises ValueError naming file, line and what was expected: also for
    an answer that does not stand at its start, and for an id used twice.
    """
    records = read_jsonl(path)
    articles: dict[str, Article] = {}
    questions = []
    for record in records:
        text = record.text("text")
        id_ = hashlib.sha256(text.encode()).hexdigest()[:12]
        title = record.optional_text("title").replace("_", " ")
        articles.setdefault(id_, Article(id_, unicodedata.normalize("NFC", text), title, source=record.place))
        answers = tuple(dict.fromkeys(_gold(answer, text) for answer in record.records("answers")))
        questions.append(
            Question(record.text("id"), record.text("question"), answers, relevant={id_: 1} if answers else {})
        )
    check_ids(questions, records)
    return QuestionSet(path.name, tuple(questions), tuple(articles.values()), unjudged_note(questions))


def _gold(answer: Record, text: str) -> str:
    gold, start = answer.text("text"), answer.integer("start", at_least=0)
    if text[start : start + len(gold)] != gold:
        raise answer.error(
            f"expected {gold!r} at offset {start} of the text, found {text[start : start + len(gold)]!r}"
        )
    return gold


def own_archive(
    questions: QuestionSet, encoder: Encoder, cache: Path | None, splitting: Splitting = SPLITTING
) -> Archive:
    """Return the archive of the set's own articles, from the cache or indexed now."""
    # An article of a title only is found by the title: it is all there is to read.
    articles = [item if item.text.strip() else replace(item, text=item.title, title="") for item in questions.articles]
    content = (json.dumps([item.id, item.text, item.title, item.published, item.outlet]) for item in articles)
    slug = re.sub(r"[^A-Za-z0-9]+", "-", questions.name)[:40]
    folder = _kept(cache) / "collections" / f"{slug}-{_digest(FORMAT, encoder.name, str(splitting), *content)}"
    opening = Archive if exists(folder) else Archive.create
    archive = opening(folder, encoder, splitting)
    # An interrupted run left a part of them: what is in the archive already is passed over.
    stored = archive.store.sources()
    if missing := [item for item in articles if item.id not in stored]:
        starts = range(0, len(missing), LOT)
        for start in shown(starts, len(starts), f"lots of {LOT} articles indexed"):
            archive.save(prepare(missing[start : start + LOT], encoder, splitting))
        archive.refresh()
    return archive


def _kept(cache: Path | None) -> Path:
    return (cache or default_cache()) / "evaluation"


def _digest(*parts: str) -> str:
    sha = hashlib.sha256()
    for part in parts:
        sha.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return sha.hexdigest()[:16]
