"""Answering a question sheet into a file: what is answered is kept beside it until all is, so that one can go on."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from embeddings.types import Filter, Span
from embeddings.writing import write_whole
from qa.pipeline import Pipeline
from qa.sheet import ALL, COLUMNS, Row, answered, as_csv, as_json, read_sheet

WRITERS = {".csv": as_csv, ".json": as_json}
"""How the rows are written, by the suffix of the file."""


@dataclass(frozen=True, slots=True)
class SheetWork:
    """A sheet that is to be answered by the articles that a filter lets through, and the file for the answers."""

    sheet: Path
    out: Path
    only: Filter = ALL


def check_out(out: Path) -> None:
    """Raise ValueError for a file that answers cannot be written to: of another kind, or there already."""
    if out.suffix.lower() not in WRITERS:
        raise ValueError(f"--out {out} ends in {out.suffix!r}; name a file that ends in .csv or .json")
    if out.exists():
        raise ValueError(f"{out} is there already; name another file, or take it away to answer the sheet anew")


def answer_sheet(
    work: SheetWork, pipeline: Pipeline, link: Callable[[Span], str], tell: Callable[[], object]
) -> list[Row]:
    """Write what the questions of a sheet are answered to a file, and return it; `tell` is called after each.

    What is answered is kept in FILE.part, where the next call goes on if this one ends before its time.

    Raises:
        ValueError: if the sheet is none, as `read_sheet` says, or the file cannot be written to, or FILE.part is of
            another sheet, or was asked with another filter.
    """
    check_out(work.out)
    data = work.sheet.read_bytes()
    questions = read_sheet(data)
    part = work.out.with_name(f"{work.out.name}.part")
    rows = _kept(part, sha256(repr((data, work.only, COLUMNS)).encode()).hexdigest())
    with part.open("a", encoding="utf-8") as kept:
        for _ in rows:
            tell()
        for number, question in enumerate(questions[len(rows) :], len(rows) + 1):
            row = answered(pipeline, number, question, link, work.only)
            kept.write(f"{json.dumps(row)}\n")
            kept.flush()
            rows.append(row)
            tell()
    write_whole(work.out, WRITERS[work.out.suffix.lower()](rows).encode())
    part.unlink()
    return rows


def _kept(part: Path, digits: str) -> list[Row]:
    """Return the rows that are answered already, and leave the file ready for more; a line cut short is dropped.

    Raises:
        ValueError: if they are of another sheet, or another filter.
    """
    first, *lines = part.read_text(encoding="utf-8").split("\n") if part.exists() else [""]
    if first and first != digits:
        raise ValueError(
            f"{part} holds answers to another sheet, or with other filters; take it away, or name another file with "
            "--out"
        )
    rows: list[Row] = []
    with suppress(ValueError):
        rows.extend(json.loads(line) for line in lines if line)
    write_whole(part, "".join([f"{digits}\n", *(f"{json.dumps(row)}\n" for row in rows)]).encode())
    return rows
