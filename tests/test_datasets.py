"""Reading the sets of questions over a collection, BEIR's layout among them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.types import Article
from qa.evaluation.questions.beir import read_beir
from qa.evaluation.questions.datasets import (
    ELSEWHERE,
    Place,
    Question,
    QuestionSet,
    check_relevant,
    locate,
    read_news,
    read_seeds,
    squad_collection,
)
from qa.evaluation.questions.squad import SquadQuestion, SquadSet

NEWS: dict[str, Any] = {
    "id": "n1",
    "question": "Who won?",
    "answers": ["Ada"],
    "asked": "2023-01-05",
    "choices": ["Ada", "Bob"],
    "relevant": ["a1", "a2"],
}


def write(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def test_read_news_holds_every_question(tmp_path: Path) -> None:
    questions = read_news(write(tmp_path / "questions.jsonl", NEWS, "", NEWS | {"id": "n2", "relevant": []}))
    first, second = questions.questions
    assert first == Question("n1", "Who won?", ("Ada",), {"a1": 1, "a2": 1}, "2023-01-05")
    assert (second.id, second.relevant) == ("n2", {})
    assert questions.judged == (first,)
    assert questions.qrels == {"n1": {"a1": 1, "a2": 1}}
    assert questions.notes == ("1 of 2 questions have no relevant article.",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{broken", r"questions\.jsonl:3: not JSON .*, expected a JSON object"),
        (["list"], r"questions\.jsonl:3: \[\"list\"\], expected an object"),
        (NEWS, r"questions\.jsonl:3: question id 'n1' was used before, at .*questions\.jsonl:1"),
        (NEWS | {"id": "n2", "relevant": ["a", "a"]}, "'relevant' names an article twice"),
        (NEWS | {"id": "n2", "relevant": ["a", ""]}, r"'relevant'\[1\] is \"\", expected text"),
        (NEWS | {"id": "n2", "answers": None}, "'answers' is null, expected a list"),
        (NEWS | {"id": "n2", "asked": "2023-1-5"}, "'asked' is '2023-1-5', expected a date as YYYY-MM-DD"),
        (NEWS | {"id": "n2", "asked": "2023-02-30"}, "'asked' is '2023-02-30', expected a date as YYYY-MM-DD"),
        ({"id": "n2"}, r"questions\.jsonl:3: no field"),
    ],
)
def test_read_news_names_the_line_that_is_wrong(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_news(write(tmp_path / "questions.jsonl", NEWS, "", row))


def test_read_news_empty_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"questions\.jsonl: empty, expected one JSON object a line"):
        read_news(write(tmp_path / "questions.jsonl", ""))


def test_check_relevant_counts_what_the_archive_lacks(tmp_path: Path) -> None:
    questions = read_news(write(tmp_path / "questions.jsonl", NEWS))
    check_relevant(questions, ["a1", "a2", "a3"])
    with pytest.raises(ValueError, match=r"1 relevant article not among the 1 .*such as 'a2' of 'n1'"):
        check_relevant(questions, ["a1"])


def test_check_relevant_tells_of_a_few_that_the_archive_lacks(caplog: pytest.LogCaptureFixture) -> None:
    many = {f"a{number}": 1 for number in range(200)}
    check_relevant(QuestionSet("news", (Question("n1", "Who?", ("Ada",), many),)), list(many)[1:])
    assert caplog.messages == [
        "news: 1 relevant article not among the 199 of the archive, such as 'a0' of 'n1'; they count as not found"
    ]


PORT = Article("port", "The port, the port and the 🚢 port.", "Ports")
SEED: dict[str, Any] = {
    "id": "s1",
    "question": "What?",
    "kind": "what",
    "answers": [{"text": "port", "article": "port", "occurrence": 2}, {"text": "the port", "article": "port"}],
}


def test_read_seeds_and_locate_the_right_occurrence(tmp_path: Path) -> None:
    unanswerable = {"id": "s2", "question": "Why?", "kind": "why", "answers": []}
    first, second = read_seeds(write(tmp_path / "questions.jsonl", SEED, unanswerable)).questions
    assert first.answers == ("port", "the port")
    assert first.places == (Place("port", "port", 2), Place("port", "the port", 0))
    assert (first.relevant, first.kind) == ({"port": 1}, "what")
    assert [(span.start, span.end) for span in locate(first, {"port": PORT})] == [(29, 33), (10, 18)]
    assert [span.text for span in locate(first, {"port": PORT})] == ["port", "the port"]
    assert (second.answers, second.places, second.relevant) == ((), (), {})
    assert locate(second, {}) == ()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            {"text": "port", "article": "port", "occurrence": -1},
            r"answers\[0\]: 'occurrence' is -1, expected 0 or more",
        ),
        ({"text": "port", "article": "port", "occurrence": 1.5}, "'occurrence' is 1.5, expected a whole number"),
        ({"article": "port"}, r"questions\.jsonl:1: answers\[0\]: no field 'text', expected a string"),
        ({"text": "port"}, "no field 'article'"),
    ],
)
def test_read_seeds_names_the_answer_that_is_wrong(tmp_path: Path, answer: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_seeds(write(tmp_path / "questions.jsonl", SEED | {"answers": [answer]}))


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (Place("port", "port", 3), "question 'q': article 'port' holds 'port' 3 times, expected occurrence 3, counted"),
        (Place("port", "ship"), "holds 'ship' 0 times"),
        (Place("sea", "port"), "question 'q': no article 'sea' among 1 article"),
    ],
)
def test_locate_names_what_is_not_there(place: Place, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        locate(Question("q", "?", places=(place,)), {"port": PORT})


def test_squad_collection_has_every_paragraph_and_every_question() -> None:
    one, twin, other = (
        Article("A#0", "Cafe\u0301 x", "A_b"),
        Article("C#0", "Cafe\u0301 x", "C"),
        Article("C#1", "y", "C"),
    )
    questions = (
        SquadQuestion("q1", "Which?", one, ("x", "x")),
        SquadQuestion("q2", "None?", other, ()),
    )
    collection = squad_collection(SquadSet("set.json", "v2.0", (one, twin, other), questions))
    assert [(article.id, article.title, article.text) for article in collection.articles] == [
        ("A#0", "A b", "Café x"),
        ("C#0", "C", "Café x"),
        ("C#1", "C", "y"),
    ]
    assert collection.questions == (
        Question("q1", "Which?", ("x",), {"A#0": 1, "C#0": 1}),
        Question("q2", "None?"),
    )
    assert collection.notes == ("1 of 2 questions have no relevant article.", ELSEWHERE)


CORPUS = [
    {"_id": "d1", "title": "One", "text": "first"},
    {"_id": "d2", "text": "second"},
    {"_id": "d3", "title": "T", "text": ""},
]
QUERIES = [{"_id": "u1", "text": "first?"}, {"_id": "u2", "text": "none?"}, {"_id": "u3", "text": "other split?"}]
HEADER = "query-id\tcorpus-id\tscore"


def beir(folder: Path, *judgements: str, corpus: list[Any] | None = None) -> Path:
    write(folder / "corpus.jsonl", *(CORPUS if corpus is None else corpus))
    write(folder / "queries.jsonl", *QUERIES)
    write(folder / "qrels" / "test.tsv", *judgements)
    return folder


def test_read_beir_holds_corpus_questions_and_grades(tmp_path: Path) -> None:
    found = read_beir(beir(tmp_path / "tiny", HEADER, "u1\td1\t2", "u1\td2\t0", "u2\td2\t0"))
    assert found.name == "tiny/test"
    assert [(article.id, article.title, article.text) for article in found.articles] == [
        ("d1", "One", "first"),
        ("d2", "", "second"),
        ("d3", "T", ""),
    ]
    assert found.questions == (Question("u1", "first?", relevant={"d1": 2}), Question("u2", "none?"))
    assert found.qrels == {"u1": {"d1": 2}}
    assert found.notes == (
        "1 of 3 queries are not in split 'test'.",
        "1 of 2 queries of split 'test' have no relevant article.",
    )


def test_read_beir_gzipped_with_windows_line_ends(tmp_path: Path) -> None:
    folder = beir(tmp_path, HEADER, "u1\td1\t1")
    plain = read_beir(folder)
    for name in ("corpus.jsonl", "queries.jsonl"):
        content = (folder / name).read_text().replace("\n", "\r\n").encode()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        (folder / name).unlink()
    (folder / "qrels" / "test.tsv").write_bytes(f"{HEADER}\r\nu1\td1\t1\r\n".encode())
    zipped = read_beir(folder)
    assert zipped.questions == plain.questions
    assert [article.text for article in zipped.articles] == ["first", "second", ""]


@pytest.mark.parametrize(
    ("judgements", "message"),
    [
        (("u1\td1\t1",), r"test\.tsv:1: a judgement, expected a header line"),
        ((HEADER,), r"test\.tsv: no judgement in it"),
        ((HEADER, "u9\td1\t1"), r"test\.tsv:2: query 'u9' is not in queries.jsonl, expected one of its 3 ids"),
        ((HEADER, "u1\td9\t1"), r"test\.tsv:2: article 'd9' is not in corpus.jsonl, expected one of 3 ids"),
        ((HEADER, "u1\td1\tyes"), "the grade is 'yes', expected a whole number, 0 or more"),
        ((HEADER, "u1\td1\t-1"), "the grade is '-1'"),
        ((HEADER, "u1 d1 1"), r"test\.tsv:2: 1 column, expected query-id, corpus-id and score"),
        ((HEADER, "u1\td1\t1", "u1\td1\t0"), r"test\.tsv:3: .* were judged before"),
    ],
)
def test_read_beir_names_the_judgement_that_is_wrong(tmp_path: Path, judgements: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_beir(beir(tmp_path, *judgements))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"_id": "d1", "text": "again"}, r"corpus\.jsonl:4: article id 'd1' was used before, at .*:1"),
        ({"_id": "d4", "text": " ", "title": ""}, r"corpus\.jsonl:4: neither 'text' nor 'title'"),
        ({"text": "x"}, r"corpus\.jsonl:4: no field '_id'"),
    ],
)
def test_read_beir_names_the_article_that_is_wrong(tmp_path: Path, row: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_beir(beir(tmp_path, HEADER, "u1\td1\t1", corpus=[*CORPUS, row]))


def test_read_beir_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder"):
        read_beir(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError, match=r"neither corpus\.jsonl nor corpus\.jsonl\.gz"):
        read_beir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"dev\.tsv: no such file; splits in this folder: test"):
        read_beir(beir(tmp_path, HEADER, "u1\td1\t1"), split="dev")
