"""Many questions at once: a sheet of them, answered in a table. Nothing of it is kept."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import jsonify, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from embeddings.types import Span
from qa.attribution.words import SPEECH
from qa.limits import check_question
from qa.render import SPEECH_CUES
from qa.sheet import COLUMNS, FORMULA, MOST, Row, answered, as_csv, as_json, read_sheet
from web.access import check_still_allowed, spend_further
from web.requests import current_pipeline
from web.span_links import span_path

AT_ONCE = 10
"""Questions that are answered in one response, for who runs no script; the page's asks them one by one."""

SHEET_BODY = 256 * 1024
"""The largest body with a sheet, in bytes."""


def sheet() -> str | tuple[str, int] | Response:
    """Show the form and, if a sheet is sent, its answers; if it is none, that, with status 400 or 413.

    A script that accepts JSON alone is told the questions of the sheet, and asks them itself.
    """
    if request.method == "GET":
        return _page()
    request.max_content_length = SHEET_BODY
    alone, pasted = request.accept_mimetypes.best == "application/json", ""
    try:
        pasted = request.form.get("sheet", "")
        questions = read_sheet(_sent(pasted))
        if not alone:
            _check_few(questions)
    except RequestEntityTooLarge:
        problem = f"the sheet and its form have more than the {SHEET_BODY:,} bytes that are read here; send it in parts"
        return _refused(alone, pasted, problem, 413)
    except ValueError as error:
        return _refused(alone, pasted, str(error), 400)
    return jsonify(questions=[_told(each) for each in questions]) if alone else _page(rows=_rows(questions))


def _refused(alone: bool, pasted: str, problem: str, status: int) -> tuple[str, int] | Response:
    if not alone:
        return _page(problem=problem, pasted=pasted), status
    response = jsonify(problem=problem)
    response.status_code = status
    return response


def _told(written: str) -> dict[str, str]:
    """Return a question as it is to be asked, and what is wrong with it."""
    try:
        return {"question": check_question(written), "problem": ""}
    except ValueError as error:
        return {"question": " ".join(written.split()), "problem": str(error)}


def _sent(pasted: str) -> bytes:
    """Return the sheet as it was pasted or uploaded. Raises ValueError."""
    uploaded = request.files.get("file")
    data = uploaded.read() if uploaded else b""
    if data and pasted.strip():
        raise ValueError("questions are pasted and a file is chosen; send one of them")
    return data or pasted.encode()


def _check_few(questions: Sequence[str]) -> None:
    if len(questions) > AT_ONCE:
        raise ValueError(
            f"the sheet holds {len(questions):,} questions, and without JavaScript at most {AT_ONCE} are answered at "
            f"once; allow this page its script for up to {MOST:,}, or send the sheet in parts"
        )


def _rows(questions: Sequence[str]) -> list[Row]:
    pipeline = current_pipeline()
    spend_further(len(questions))
    rows = []
    for number, question in enumerate(questions, 1):
        check_still_allowed()
        rows.append(answered(pipeline, number, question, _link))
    return rows


def _link(span: Span) -> str:
    return f"{request.host_url.rstrip('/')}{span_path(span)}"


def _page(rows: Sequence[Row] = (), problem: str = "", pasted: str = "") -> str:
    known = {"columns": COLUMNS, "formula": FORMULA, "speech": sorted({*SPEECH, *SPEECH_CUES})}
    files = {"csv": f"data:text/csv;charset=utf-8,{quote(as_csv(rows))}"} if rows else {}
    if rows:
        files["json"] = f"data:application/json;charset=utf-8,{quote(as_json(rows))}"
    return render_template(
        "sheet.html", rows=rows, problem=problem, files=files, known=known, most=MOST, at_once=AT_ONCE, pasted=pasted
    )
