"""Question sets by their path, over collections and question vectors that are made once."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from adding import add
from conftest import SEEDS
from embeddings.folder.archive import Archive
from embeddings.locations import FolderPlace
from embeddings.types import Article, Vectors
from fakes import FakeEncoder
from qa.evaluation.questions.collections import narrowed, open_collection, question_vectors, read_set, sample
from qa.evaluation.questions.datasets import Place, Question, QuestionSet

ADA = Article("a", "Ada sold 7 boats in Ganja.", "Boats")
BOB = Article("b", "Bob bought one boat.", "")
BOATS = QuestionSet("boats.jsonl", (Question("q1", "Who sold boats?", ("Ada",), {"a": 1}),), (ADA, BOB))


class CountingEncoder(FakeEncoder):
    """Counts the texts it encodes."""

    def __init__(self) -> None:
        self.count = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.count += len(texts)
        return super().encode_passages(texts)


def write_lines(path: Path, *records: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def write_squad(path: Path, question: str = "Who sold boats?") -> Path:
    asked = {"id": "q1", "question": question, "answers": [{"text": "Ada", "answer_start": 0}]}
    data = [{"title": "Old_boats", "paragraphs": [{"context": ADA.text, "qas": [asked]}]}]
    path.write_text(json.dumps({"version": "1.1", "data": data}))
    return path


def test_read_set_squad_paragraphs_are_the_collection(tmp_path: Path) -> None:
    found = read_set(write_squad(tmp_path / "dev.json"))
    assert [(article.id, article.title, article.text) for article in found.articles] == [
        ("Old_boats#0", "Old boats", ADA.text)
    ]
    assert found.questions[0].relevant == {"Old_boats#0": 1}


def test_read_set_beir_folder(tmp_path: Path) -> None:
    write_lines(tmp_path / "corpus.jsonl", {"_id": "a", "text": ADA.text, "title": ""})
    write_lines(tmp_path / "queries.jsonl", {"_id": "q1", "text": "Who sold boats?"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t2\n")
    found = read_set(tmp_path, split="dev")
    assert (found.questions[0].relevant, found.articles[0].id) == ({"a": 2}, "a")


def test_read_set_news_questions_bring_no_articles(tmp_path: Path) -> None:
    news = {"id": "q1", "question": "Who?", "answers": ["Ada"], "asked": "2022-06-16", "relevant": ["a"]}
    found = read_set(write_lines(tmp_path / "questions.jsonl", news))
    assert (found.questions[0].asked, found.articles) == ("2022-06-16", ())


def test_read_set_questions_on_the_articles_beside_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" date 2022-10-19 By Azernews\n\nAda sold 7 boats.\n")
    question = {"id": "s1", "question": "Who?", "answers": [{"text": "Ada", "article": "a"}]}
    found = read_set(write_lines(tmp_path / "questions.jsonl", question))
    assert [article.id for article in found.articles] == ["a"]
    assert found.questions[0].places == (Place("a", "Ada"),)


def test_read_set_reader_data(tmp_path: Path) -> None:
    one = {
        "id": "1",
        "question": "Who?",
        "title": "Old_boats",
        "text": ADA.text,
        "answers": [{"text": "Ada", "start": 0}],
    }
    two = {**one, "id": "2", "question": "What?", "answers": [{"text": "7 boats", "start": 9}]}
    found = read_set(write_lines(tmp_path / "heldout.jsonl", one, two))
    assert [(article.title, article.text) for article in found.articles] == [("Old boats", ADA.text)]
    assert [question.answers for question in found.questions] == [("Ada",), ("7 boats",)]
    assert found.questions[0].relevant == {found.articles[0].id: 1}


@pytest.mark.parametrize(
    ("example", "name", "ids"),
    [
        (0, "questions.jsonl", ["q1", "q2"]),
        (1, "questions.jsonl", ["s1"]),
        (2, "questions.jsonl", ["r1"]),
        (3, "dev.json", ["b1", "b2"]),
    ],
)
def test_read_set_reads_what_is_documented(tmp_path: Path, example: int, name: str, ids: list[str]) -> None:
    described = (SEEDS.parent / "docs" / "questions.md").read_text(encoding="utf-8")
    (tmp_path / name).write_text(re.findall(r"```json\n(.*?)```", described, re.DOTALL)[example])
    questions = read_set(tmp_path / name)
    assert [question.id for question in questions.questions] == ids
    assert [question.id for question in questions.judged] == ids[:1]


def test_read_set_rejects_a_gold_that_is_not_at_its_start(tmp_path: Path) -> None:
    record = {"id": "1", "question": "Who?", "text": ADA.text, "answers": [{"text": "Ada", "start": 1}]}
    with pytest.raises(ValueError, match=r"heldout\.jsonl:1: answers\[0\]: expected 'Ada' at offset 1 of the text"):
        read_set(write_lines(tmp_path / "heldout.jsonl", record))


def test_read_set_rejects_a_question_that_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"dev\.json: question 'q1': the question '\?!' holds no letter or digit"):
        read_set(write_squad(tmp_path / "dev.json", "?!"))


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("none.jsonl", FileNotFoundError, "no such file; give a question file"),
        ("notes.txt", ValueError, r"notes\.txt: expected SQuAD's \.json, a \.jsonl of questions, or a folder"),
        ("empty.jsonl", ValueError, r"empty\.jsonl: empty, expected one JSON object a line"),
    ],
)
def test_read_set_rejects(tmp_path: Path, name: str, error: type[Exception], message: str) -> None:
    (tmp_path / "notes.txt").write_text("Ada")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(error, match=message):
        read_set(tmp_path / name)


def test_sample_is_the_same_every_time_and_in_order() -> None:
    drawn = sample(range(100), 10)
    assert drawn == sample(range(100), 10) == sorted(set(drawn))
    assert len(drawn) == 10
    assert sample(range(3), 3) == [0, 1, 2]


def test_narrowed_counts_what_it_leaves_out() -> None:
    questions = tuple(Question(str(number), "Who?", asked=f"202{number % 2 + 2}-01-02") for number in range(6))
    found = narrowed(QuestionSet("news", questions), asked="2023", most=2)
    assert found.name == "news asked in 2023"
    assert [question.asked for question in found.questions] == ["2023-01-02"] * 2
    assert found.notes == (
        "Only the 3 of 6 questions that were asked in 2023.",
        "A sample: 2 of 3 questions, drawn at random with seed 0.",
    )


def test_narrowed_rejects_a_day_without_a_question() -> None:
    with pytest.raises(ValueError, match="news: no question was asked in '2024'"):
        narrowed(QuestionSet("news", (Question("1", "Who?", asked="2023-01-02"),)), asked="2024")


def test_open_collection_indexes_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    for _ in range(2):
        opened = open_collection(BOATS, None, encoder, tmp_path)
        assert opened.store.article("a").text == ADA.text
        opened.close()
    assert encoder.count == 2


def test_open_collection_completes_what_an_interrupted_run_left(tmp_path: Path) -> None:
    opened = open_collection(BOATS, None, FakeEncoder(), tmp_path)
    opened.remove(["b"])
    opened.close()
    again = open_collection(BOATS, None, FakeEncoder(), tmp_path)
    assert [article.id for article in again.store.articles()] == ["a", "b"]
    again.close()


def test_open_collection_of_other_content_is_another_archive(tmp_path: Path) -> None:
    other = QuestionSet("boats.jsonl", BOATS.questions, (ADA,))
    for found, count in ((BOATS, 2), (other, 1)):
        opened = open_collection(found, None, FakeEncoder(), tmp_path)
        assert opened.store.counts().articles == count
        opened.close()


def test_open_collection_leaves_an_archive_of_an_older_format_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_collection(BOATS, None, FakeEncoder(), tmp_path).close()
    monkeypatch.setattr("embeddings.folder.database_file.SCHEMA_VERSION", 99)
    monkeypatch.setattr("qa.evaluation.questions.collections.FORMAT", "99")
    opened = open_collection(BOATS, None, FakeEncoder(), tmp_path)
    assert opened.store.counts().articles == 2
    opened.close()
    assert len(list((tmp_path / "evaluation" / "collections").iterdir())) == 2


def test_open_collection_finds_an_article_of_a_title_only(tmp_path: Path) -> None:
    found = QuestionSet("beir", (Question("q1", "Boats?", (), {"t": 1}),), (Article("t", "", "Old boats"),))
    opened = open_collection(found, None, FakeEncoder(), tmp_path)
    assert opened.store.counts().passages == 1
    opened.close()


def test_open_collection_needs_articles() -> None:
    with pytest.raises(ValueError, match=r"boats\.jsonl brings no articles; name the archive .* with --archive DIR"):
        open_collection(QuestionSet("boats.jsonl", BOATS.questions), None, FakeEncoder(), None)


def test_open_collection_names_relevant_articles_that_are_not_there(archive: Archive) -> None:
    add(archive, [BOB])
    with pytest.raises(ValueError, match="1 relevant article not among the 1 of the archive, such as 'a'"):
        open_collection(BOATS, FolderPlace(archive.folder), FakeEncoder(), None)


def test_open_collection_names_answers_that_are_not_there(archive: Archive) -> None:
    add(archive, [ADA])
    question = Question("q1", "Who?", ("Eve",), {"a": 1}, places=(Place("a", "Eve"),))
    with pytest.raises(ValueError, match="question 'q1': article 'a' holds 'Eve' 0 times"):
        open_collection(QuestionSet("seeds", (question,)), FolderPlace(archive.folder), FakeEncoder(), None)


def test_question_vectors_are_encoded_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    first = question_vectors(encoder, ["Who?", "What?"], tmp_path)
    second = question_vectors(encoder, ["Who?", "What?"], tmp_path)
    assert encoder.count == 2
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, FakeEncoder().encode_questions(["Who?", "What?"]))
