"""Read a retrieval set in the BEIR layout: corpus.jsonl, queries.jsonl and qrels/*.tsv in one folder."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from embeddings.plural import plural
from embeddings.types import Article
from qa.evaluation.questions.datasets import Question, QuestionSet, check_ids
from qa.evaluation.questions.records import check_unique, lines, read_jsonl


def read_beir(folder: Path, *, split: str = "test") -> QuestionSet:
    """Return a folder's collection and the questions of one split of its qrels, `qrels/<split>.tsv`.

    corpus.jsonl and queries.jsonl may end in .gz. Fields: `_id`, `text`, and in the corpus an optional `title`. Qrels
    have a header line, then question id, article id and grade, tab-separated; a grade of 0 is judged and not relevant.
    Queries that the split does not name belong to other splits: `notes` counts them, and it counts queries that the
    split names without a relevant article. Raises FileNotFoundError, and ValueError naming file, line and what was
    expected: broken JSON, a missing field, an id used twice, a judgement of an unknown query or article, an empty file.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder, expected one in the BEIR layout")
    articles = _corpus(_either(folder, "corpus.jsonl"))
    queries = _queries(_either(folder, "queries.jsonl"))
    grades = _qrels(_split_file(folder, split), queries, {article.id for article in articles})
    questions = tuple(
        Question(id_, text, relevant={article: grade for article, grade in grades[id_].items() if grade > 0})
        for id_, text in queries.items()
        if id_ in grades
    )
    return QuestionSet(f"{folder.resolve().name}/{split}", questions, articles, _notes(questions, len(queries), split))


def _corpus(path: Path) -> tuple[Article, ...]:
    records = read_jsonl(path)
    articles = tuple(
        Article(
            record.text("_id"),
            unicodedata.normalize("NFC", record.optional_text("text")),
            record.optional_text("title"),
            source=record.place,
        )
        for record in records
    )
    for article in articles:
        # Some sets have entries of a title only: they can be found by it, so they stay.
        if not article.text.strip() and not article.title.strip():
            raise ValueError(f"{article.source}: neither 'text' nor 'title', expected at least one")
    check_unique("article", ((article.id, article.source) for article in articles))
    return articles


def _queries(path: Path) -> dict[str, str]:
    records = read_jsonl(path)
    questions = [Question(record.text("_id"), record.text("text")) for record in records]
    check_ids(questions, records)
    return {question.id: question.question for question in questions}


def _qrels(path: Path, queries: Mapping[str, str], articles: set[str]) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for place, (query, article, grade) in _judgements(path):
        if query not in queries:
            raise ValueError(
                f"{place}: query {query!r} is not in queries.jsonl, expected one of its {len(queries)} ids"
            )
        if article not in articles:
            raise ValueError(
                f"{place}: article {article!r} is not in corpus.jsonl, expected one of {len(articles)} ids"
            )
        if not grade.strip().isascii() or not grade.strip().isdigit():
            raise ValueError(f"{place}: the grade is {grade!r}, expected a whole number, 0 or more")
        if article in grades.setdefault(query, {}):
            raise ValueError(f"{place}: query {query!r} and article {article!r} were judged before, expected them once")
        grades[query][article] = int(grade)
    if not grades:
        raise ValueError(f"{path}: no judgement in it, expected a header and at least one line")
    return grades


def _judgements(path: Path) -> list[tuple[str, list[str]]]:
    rows = [(f"{path}:{number}", line.split("\t")) for number, line in enumerate(lines(path), start=1) if line.strip()]
    for place, row in rows:
        if len(row) != 3:
            raise ValueError(
                f"{place}: {plural(len(row), 'column')}, expected query-id, corpus-id and score, separated by tabs"
            )
    if rows and rows[0][1][2].strip().isdigit():
        raise ValueError(f"{rows[0][0]}: a judgement, expected a header line: query-id, corpus-id, score")
    return rows[1:]


def _either(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"{folder}: neither {name} nor {name}.gz in it, expected the BEIR layout")


def _split_file(folder: Path, split: str) -> Path:
    path = folder / "qrels" / f"{split}.tsv"
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in (folder / "qrels").glob("*.tsv"))) or "none"
        raise FileNotFoundError(f"{path}: no such file; splits in this folder: {there}")
    return path


def _notes(questions: tuple[Question, ...], queries: int, split: str) -> tuple[str, ...]:
    notes = []
    if len(questions) < queries:
        notes.append(f"{queries - len(questions)} of {queries} queries are not in split {split!r}.")
    unjudged = sum(not question.relevant for question in questions)
    if unjudged:
        notes.append(f"{unjudged} of {len(questions)} queries of split {split!r} have no relevant article.")
    return tuple(notes)
