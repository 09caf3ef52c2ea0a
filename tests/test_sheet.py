"""Question sheets: what is a question in them, what is told of each, and going on where one stopped."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from embeddings.types import Article, Filter
from qa.pipeline import Pipeline
from qa.render import said_by
from qa.sheet import COLUMNS, Asked, answered, as_csv, as_json, read_sheet
from qa.sheet_run import SheetWork, answer_sheet
from qa.types import Attribution, SpeechKind
from web.commands import main
from web.span_links import span_path
from web_fakes import SIGNED, FakePipeline, answer_of, prediction_of, signed_prediction, span_of

TABLE = 'id,Question\n1,"Who signed, and when?"\n2,"What was\nsigned?"\n3,"He said ""yes""?"\n,\n'


def over(fake: FakePipeline) -> Pipeline:
    return cast("Pipeline", fake)


def asked(fake: FakePipeline) -> list[str]:
    return [question for question, _, _ in fake.asked]


@pytest.mark.parametrize(
    ("sheet", "questions"),
    [
        ("Who signed, and when?\n\n  What was it? \r\n", ["Who signed, and when?", "What was it?"]),
        ("Baku, Ganja and Sheki\nWho came, and why?\n", ["Baku, Ganja and Sheki", "Who came, and why?"]),
        (TABLE, ["Who signed, and when?", "What was\nsigned?", 'He said "yes"?']),
        ("question;id\nWho signed?;1\n;2\n", ["Who signed?", ""]),
        ("question\tid\nWho signed?\t1\n", ["Who signed?"]),
        ("question\nWho signed?\n", ["Who signed?"]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_questions_are_read_from_lines_and_tables(sheet: str, questions: list[str], encoding: str) -> None:
    assert [each.question for each in read_sheet(sheet.encode(encoding))] == questions


def test_sheet_of_an_older_program_keeps_its_letters() -> None:
    assert read_sheet("question;id\nWas sagte Frau Müller über die Brücke?;1\n".encode("cp1252")) == [
        Asked("Was sagte Frau Müller über die Brücke?", "1")
    ]


def test_what_a_table_calls_its_questions_stands_beside_their_answers() -> None:
    asked = read_sheet(b'ID,note,question\n"a, 1",x,Who?\n=2,,\n,,What?\n')
    assert asked == [Asked("Who?", "a, 1"), Asked("", "=2"), Asked("What?")]
    rows = [answered(over(FakePipeline()), number, each, span_path) for number, each in enumerate(asked, 1)]
    assert [row["id"] for row in rows] == ["a, 1", "=2", ""]
    assert [line.split(",")[:2] for line in as_csv(rows).splitlines()[2:]] == [["2", "'=2"], ["3", ""]]
    assert [row["id"] for row in json.loads(as_json(rows))] == ["a, 1", "=2", None]


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("", "the sheet holds no question; write one a line, or a table with a column 'question'"),
        ("\n \n", "the sheet holds no question"),
        ("question,id\n,\n", "the sheet holds no question"),
        ("Who?\n" * 1001, "the sheet holds 1,001 questions, at most 1,000 are answered; send it in parts"),
        ("id,text\n1,Who signed?\n", "the sheet has the columns id, text, none of them 'question'; name the one"),
        ("question,question\nWho?,Who?\n", "the sheet has 2 columns 'question'; name one of them otherwise"),
        ("id,question,id\n1,Who?,2\n", "the sheet has 2 columns 'id'; name one of them otherwise"),
        ('question,id\n"Who?,1\n', "line 2 of the sheet is no row of a table: .*; close its quotation marks"),
        ("id,question\n1,Who, and when?\n", 'line 2 of the sheet has 3 cells, the header 2; put questions .* in "quot'),
        ("x" * 2_000_001, "the sheet has 2,000,001 bytes, at most 2,000,000 are read; send it in parts"),
    ],
)
def test_what_is_no_sheet_is_refused_with_the_cure(sheet: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        read_sheet(sheet.encode())


def test_a_thousand_questions_are_a_sheet() -> None:
    assert len(read_sheet(b"Who?\n" * 1000)) == 1000


def test_a_row_tells_the_best_answer_and_where_it_stands() -> None:
    row = answered(over(FakePipeline(signed_prediction())), 7, Asked("Who  signed?"), span_path)
    assert tuple(row) == COLUMNS
    assert {name: row[name] for name in ("number", "question", "answer", "confidence", "date", "title", "start")} == {
        "number": 7,
        "question": "Who signed?",
        "answer": "a memorandum",
        "confidence": 0.93,
        "date": "2022-10-19",
        "title": "Offices sign a memorandum",
        "start": 43,
    }
    assert row["sentence"] == "The offices signed a memorandum on Wednesday."
    assert row["link"].startswith("/articles/azernews%2F2022%20signing%231?start=43&end=55&hash=")


def test_a_row_tells_what_else_is_said() -> None:
    said = [("16 million", "2023-06-09", "Herald"), ("14 million", "2023-05", "Gazette"), ("-5\nmillion", "", "")]
    answers = [answer_of(span_of(Article(text, text, "", published, outlet), text)) for text, published, outlet in said]
    row = answered(over(FakePipeline(prediction_of((*answers, answers[0]), ()))), 1, Asked("How many?"), span_path)
    assert (row["answer"], row["differing"]) == ("16 million", "14 million (Gazette, May 2023); -5 million")
    (read,) = csv.DictReader(io.StringIO(as_csv([{**row, "differing": "-5 million"}])[1:], newline=""))
    assert read["differing"] == "'-5 million"
    assert (
        answered(over(FakePipeline(prediction_of((answers[0],), ()))), 1, Asked("Who?"), span_path)["differing"] == ""
    )


@pytest.mark.parametrize(
    ("speaker", "cue", "told"),
    [
        ("Lena Ross", "said", "Lena Ross"),
        ("She", "said", "she"),
        ("I", "said", "I"),
        ("IT", "said", "IT"),
        ("They", "wants", "they (“wants”)"),
    ],
)
def test_a_row_names_the_speaker_alone(speaker: str, cue: str, told: str) -> None:
    article = Article("a", f"{speaker} {cue} it opens in May.", "")
    by = Attribution(span_of(article, speaker), span_of(article, cue), SpeechKind.REPORTED)
    said = replace(answer_of(span_of(article, "May")), attribution=by)
    row = answered(over(FakePipeline(prediction_of((said,), ()))), 1, Asked("When?"), span_path)
    assert row["said by"] == told
    assert said_by(said) == f"{'said by' if cue == 'said' else 'attributed to'} {told}"


def test_what_cannot_be_asked_is_a_row_with_its_problem() -> None:
    fake = FakePipeline(signed_prediction())
    assert "holds no letter or digit" in answered(over(fake), 1, Asked("???"), span_path)["problem"]
    assert "1,001 characters" in answered(over(fake), 2, Asked("x" * 1001), span_path)["problem"]
    assert fake.asked == []


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "＝"])
def test_no_cell_of_a_table_is_a_formula(begin: str) -> None:
    evil = f'{begin}HYPERLINK("https://evil.example";"a, b")'
    row = {**answered(over(FakePipeline()), 1, Asked("Who?"), span_path), "question": evil, "confidence": 0.5}
    text = as_csv([row])
    assert text.startswith("\ufeffnumber,id,question,")
    (read,) = csv.DictReader(io.StringIO(text[1:], newline=""))
    assert (read["question"], read["confidence"]) == (f"'{evil}", "0.5")
    assert json.loads(as_json([row]))[0]["question"] == evil  # in JSON a text is a text


def test_quotes_and_line_breaks_stay_in_their_cell() -> None:
    span = span_of(SIGNED, '"The memorandum is a first step,"')
    fake = FakePipeline(prediction_of((answer_of(span),), ()))
    (read,) = csv.DictReader(io.StringIO(as_csv([answered(over(fake), 1, Asked("Who?"), span_path)])[1:], newline=""))
    assert read["answer"] == '"The memorandum is a first step,"'


def test_sheet_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    sheet, out = tmp_path / "q.txt", tmp_path / "a.json"
    sheet.write_text("Who?\nWhat?\nWhen?\n")
    fake, steps = FakePipeline(signed_prediction()), iter(range(10))

    def stop() -> None:
        if next(steps) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_sheet(SheetWork(sheet, out), over(fake), span_path, stop)
    part = tmp_path / "a.json.part"
    assert (asked(fake), out.exists()) == (["Who?", "What?"], False)
    part.write_text(part.read_text()[:-20])  # as a crash may leave it: the second row is cut short
    answer_sheet(SheetWork(sheet, out), over(fake), span_path, lambda: None)
    assert asked(fake) == ["Who?", "What?", "What?", "When?"]
    assert [row["question"] for row in json.loads(out.read_text())] == ["Who?", "What?", "When?"]
    assert not part.exists()
    part.write_text("0" * 64)
    out.unlink()
    with pytest.raises(ValueError, match=r"a.json.part holds answers to another sheet, or with other filters; take"):
        answer_sheet(SheetWork(sheet, out), over(fake), span_path, lambda: None)


def test_command_answers_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.commands.open_pipeline", lambda _: FakePipeline(signed_prediction()))
    sheet, out = tmp_path / "q.txt", tmp_path / "a.csv"
    sheet.write_text("Who signed?\n???\n")
    typed = ["ask", "--sheet", str(sheet), "--out", str(out)]
    done = CliRunner().invoke(main, typed)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"2 questions of {sheet}, 1 answered, written to {out}\n"
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["answer"] for row in rows] == ["a memorandum", ""]
    done = CliRunner().invoke(main, typed)
    assert (done.exit_code, "a.csv is there already; name another file" in done.stderr) == (2, True)


def test_command_asks_a_sheet_with_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakePipeline(signed_prediction())
    monkeypatch.setattr("qa.commands.open_pipeline", lambda _: fake)
    sheet, out = tmp_path / "q.txt", tmp_path / "a.csv"
    sheet.write_text("Who signed?\n")
    typed = ["ask", "--sheet", str(sheet), "--out", str(out), "--from", "2022", "--outlet", "Azernews"]
    assert CliRunner().invoke(main, typed).exit_code == 0
    assert fake.asked == [("Who signed?", None, Filter("2022", "", ("Azernews",)))]
    out.unlink()
    done = CliRunner().invoke(main, [*typed, "--outlet", "Nobody"])
    assert (done.exit_code, "no article of the outlet 'Nobody'" in done.stderr, out.exists()) == (2, True, False)
    done = CliRunner().invoke(main, [*typed, "--to", "soon"])
    assert (done.exit_code, "'soon' is not a date" in done.stderr) == (2, True)


def test_sheet_goes_on_with_the_same_filters_alone(tmp_path: Path) -> None:
    sheet, out = tmp_path / "q.txt", tmp_path / "a.csv"
    sheet.write_text("Who?\nWhat?\n")

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_sheet(SheetWork(sheet, out, Filter("2022")), over(FakePipeline()), span_path, stop)
    with pytest.raises(ValueError, match="or with other filters; take it away, or name another file with --out"):
        answer_sheet(SheetWork(sheet, out, Filter("2023")), over(FakePipeline()), span_path, stop)
    fake = FakePipeline()
    answer_sheet(SheetWork(sheet, out, Filter("2022")), over(fake), span_path, lambda: None)
    assert fake.asked == [("What?", None, Filter("2022"))]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--sheet q.txt", "--sheet FILE and --out FILE go together"),
        ("--out a.csv", "--sheet FILE and --out FILE go together"),
        ("Who? --sheet q.txt --out a.csv", "with --archive, --from, --to, --outlet and nothing else"),
        ("--sheet q.txt --out a.csv --order date", "--order does not go with a sheet, leave it out; --sheet FILE and"),
        ("--sheet q.txt --out a.csv -k 0", "with --archive, --from, --to, --outlet and nothing else"),
        ("--sheet q.txt --out a.xlsx", r"--out a.xlsx ends in '.xlsx'; name a file that ends in .csv or .json"),
    ],
)
def test_command_that_fits_no_sheet_is_refused(typed: str, said: str) -> None:
    done = CliRunner().invoke(main, ["ask", *typed.split()])
    assert done.exit_code == 2
    assert re.search(re.escape(said), done.stderr)
