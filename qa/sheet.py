"""Question sheets: many questions read from a table or from lines, and what they are answered as a table or as JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embeddings.dates import in_words
from embeddings.files.decoding import decode
from embeddings.types import Filter, Span
from qa.differing import differing
from qa.limits import check_question
from qa.render import speaker_in_words
from qa.types import Answer, Prediction

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

MOST = 1_000
"""Questions of one sheet."""

LARGEST = 2_000_000
"""Bytes of one sheet: a thousand of the longest questions, twice over."""

QUESTION = "question"
"""The column that holds the questions; a table has a header that names it."""

ID = "id"
"""The column, if a table has it, that is kept beside the answers, as it is."""

ALL = Filter()

DELIMITERS = (",", ";", "\t")

FORMULA = tuple("=+-@\t\r＝＋－＠")
"""How a cell begins that spreadsheets take for a formula: https://owasp.org/www-community/attacks/CSV_Injection, with
the wide forms that some take for the same."""

COLUMNS = (
    "number",
    "id",
    "question",
    "answer",
    "confidence",
    "differing",
    "said by",
    "sentence",
    "outlet",
    "date",
    "title",
    "article",
    "start",
    "end",
    "link",
    "generation",
    "problem",
)
"""What is told of each question, in this order; where nothing answers it, `answer` and what belongs to it are empty."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands in a sheet; `id` is what the sheet calls it, "" for nothing."""

    question: str
    id: str = ""


def read_sheet(data: bytes) -> list[Asked]:
    """Return the questions of a sheet, in order, as they were written; blank lines and empty rows are none.

    It is a table if its first line names a column "question", else each line is a question. UTF-8, UTF-16 with its mark
    and the encodings of older programs are read; which, the bytes tell.

    Raises:
        ValueError: if it holds no question or more than MOST, is too large, or is a table without that column.
    """
    if len(data) > LARGEST:
        raise ValueError(f"the sheet has {len(data):,} bytes, at most {LARGEST:,} are read; send it in parts")
    text = decode(data).text.removeprefix("\ufeff")
    questions = list(_of_table(text)) if _delimiter(text) else _of_lines(text)
    if not questions:
        raise ValueError(f"the sheet holds no question; write one a line, or a table with a column {QUESTION!r}")
    if len(questions) > MOST:
        raise ValueError(
            f"the sheet holds {len(questions):,} questions, at most {MOST:,} are answered; send it in parts"
        )
    return questions


def answered(pipeline: "Pipeline", number: int, asked: Asked, link: Callable[[Span], str], only: Filter = ALL) -> Row:
    """Return what a question of a sheet is answered, its best answer; what is wrong with it is its `problem`."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= {"number": number, "id": asked.id, "question": " ".join(asked.question.split())}
    try:
        question = check_question(asked.question)
    except ValueError as error:
        return {**row, "problem": str(error)}
    prediction = pipeline.ask(question, only=only)
    row |= {"generation": prediction.generation, "problem": prediction.notice}
    if not prediction.answers:
        return row
    best = prediction.answers[0]
    return {
        **row,
        "answer": best.text,
        "confidence": round(best.confidence, 4),
        "differing": _differing(prediction, best),
        "said by": speaker_in_words(best.attribution),
        "sentence": best.sentence.text,
        "outlet": best.article.outlet,
        "date": best.article.published,
        "title": best.article.title,
        "article": best.article.id,
        "start": best.start,
        "end": best.end,
        "link": link(best),
    }


def _differing(prediction: Prediction, best: Answer) -> str:
    """Return what else the answers say, oldest first: "12 (Gazette, 3 May 2024); 17 (Herald)"; "" if nothing else."""
    others = (saying.answers[0] for saying in differing(prediction) if best not in saying.answers)
    return "; ".join(map(_with_source, others))


def _with_source(answer: Answer) -> str:
    source = ", ".join(filter(None, [answer.article.outlet, in_words(answer.article.published)]))
    return " ".join([*answer.text.split(), *([f"({source})"] if source else [])])


def as_csv(rows: Sequence[Row]) -> str:
    """Return rows as a table, for spreadsheets: with a byte order mark, and no cell that they take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(row[name]) for name in COLUMNS] for row in rows)
    return "\ufeff" + out.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    """Return rows as a list of objects; what is empty is null."""
    told = [{name: None if row[name] == "" else row[name] for name in COLUMNS} for row in rows]
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _harmless(value: object) -> object:
    """Return a cell; a text that begins like a formula, after white space too, gets an apostrophe before it."""
    if isinstance(value, str) and (value.startswith(FORMULA) or value.lstrip().startswith(FORMULA)):
        return f"'{value}"
    return value


def _names(line: str, delimiter: str) -> list[str]:
    return [name.strip().casefold() for name in next(csv.reader([line], delimiter=delimiter), [])]


def _delimiter(text: str) -> str:
    """Return what parts the cells of a table, "" if the text is none.

    Raises:
        ValueError: if it looks like a table that has no column of questions.
    """
    first = text.lstrip().split("\n", 1)[0].strip()
    for delimiter in DELIMITERS:
        names = _names(first, delimiter)
        if QUESTION not in names:
            continue
        for name in (QUESTION, ID):
            if names.count(name) > 1:
                raise ValueError(f"the sheet has {names.count(name)} columns {name!r}; name one of them otherwise")
        return delimiter
    delimiter = max(DELIMITERS, key=first.count)
    cells, rows = _names(first, delimiter), [line for line in text.split("\n") if line.strip()]
    short = all(len(name.split()) <= 2 and "?" not in name for name in cells)
    if len(cells) > 1 and short and len(rows) > 1 and all(delimiter in row for row in rows):
        raise ValueError(
            f"the sheet has the columns {', '.join(cells)[:200]}, none of them {QUESTION!r}; name the one that holds "
            f"the questions {QUESTION!r}"
        )
    return ""


def _of_lines(text: str) -> list[Asked]:
    return [Asked(line.strip()) for line in text.splitlines() if line.strip()]


def _of_table(text: str) -> Iterator[Asked]:
    """Yield the question of each row, "" where there is none beside other cells; an empty row is none.

    Raises:
        ValueError: if a quotation mark is not closed, or a row has more cells than the header.
    """
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader)]
        for row in reader:
            if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
                raise ValueError(
                    f"line {reader.line_num} of the sheet has {len(row)} cells, the header {len(header)}; put "
                    'questions that hold a delimiter in "quotation marks"'
                )
            if "".join(row).strip():
                cells = dict(zip(header, row, strict=False))
                yield Asked(cells.get(QUESTION, "").strip(), cells.get(ID, "").strip())
    except csv.Error as error:
        raise ValueError(
            f"line {reader.line_num} of the sheet is no row of a table: {error}; close its quotation marks"
        ) from error
