"""Many questions at once: a sheet of them, answered in a table. Nothing of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from flask import jsonify, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from embeddings.dates import MONTHS
from embeddings.types import Filter, Span
from qa.absence import scope_in_words
from qa.attribution.words import SPEECH
from qa.limits import check_question
from qa.render import IN_LOWER_CASE, SPEECH_CUES
from qa.sheet import COLUMNS, FORMULA, MOST, Asked, Row, answered, as_csv, as_json, read_sheet
from web.access import check_still_allowed, spend_further
from web.asked import Scope
from web.checking import InvalidFieldsError
from web.pages.filters import filter_view
from web.pages.links import SCOPE, typed
from web.pages.words import LEEWAY, TITLE
from web.requests import current_pipeline, read_fields
from web.span_links import span_path

AT_ONCE = 10
"""Questions that are answered in one response, for who runs no script; the page's asks them one by one."""

SHEET_BODY = 256 * 1024
"""The largest body with a sheet, in bytes."""

SHEET = "sheet"
"""The field of the questions, to which a problem belongs that is of no other field."""

KNOWN = {
    "columns": COLUMNS,
    "formula": FORMULA,
    "speech": sorted({*SPEECH, *SPEECH_CUES}),
    "pronouns": sorted(IN_LOWER_CASE),
    "months": MONTHS,
    "line": TITLE,
    "leeway": LEEWAY,
}
"""What the page's script goes by, to write rows as `qa.sheet` does."""

Problems = dict[str, str]
"""What is wrong, by field."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was typed in the form: questions, and the fields of the filter."""

    pasted: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)


def sheet() -> str | tuple[str, int] | Response:
    """Show the form and, if a sheet is sent, its answers; if it is none, that, with status 400 or 413.

    A script that accepts JSON alone is told the questions of the sheet, and asks them itself.
    """
    request.max_content_length = SHEET_BODY
    alone, sent = request.accept_mimetypes.best == "application/json", Sent()
    try:
        sent = Sent(request.form.get(SHEET, ""), typed(SCOPE))
        only = _scope()
        if request.method == "GET":
            return _page(sent, only)
        questions = read_sheet(_uploaded(sent.pasted))
        if not alone:
            _check_few(questions)
    except RequestEntityTooLarge:
        problem = f"the sheet and its form have more than the {SHEET_BODY:,} bytes that are read here; send it in parts"
        return _refused(alone, sent, {SHEET: problem}, 413)
    except InvalidFieldsError as error:
        return _refused(alone, sent, {wrong.field: wrong.detail for wrong in error.errors}, 400)
    except ValueError as error:
        return _refused(alone, sent, {SHEET: str(error)}, 400)
    if alone:
        return jsonify(questions=[_told(each) for each in questions], scope=_in_words(only))
    return _page(sent, only, _rows(questions, only))


def _scope() -> Filter:
    """Return which articles are asked. Raises InvalidFieldsError, RequestEntityTooLarge."""
    sent = request.form if request.method == "POST" else request.args
    return read_fields(Scope, sent, {name: name for name in SCOPE}).only


def _in_words(only: Filter) -> str:
    scope = scope_in_words(only)
    return f"Searched only {scope}." if scope else ""


def _refused(alone: bool, sent: Sent, problems: Problems, status: int) -> tuple[str, int] | Response:
    if not alone:
        return _page(sent, Filter(), problems=problems), status
    response = jsonify(problem="; ".join(problems.values()))
    response.status_code = status
    return response


def _told(asked: Asked) -> dict[str, str]:
    """Return a question as it is to be asked, and what is wrong with it."""
    try:
        return {"id": asked.id, "question": check_question(asked.question), "problem": ""}
    except ValueError as error:
        return {"id": asked.id, "question": " ".join(asked.question.split()), "problem": str(error)}


def _uploaded(pasted: str) -> bytes:
    """Return the sheet as it was pasted or uploaded. Raises ValueError."""
    uploaded = request.files.get("file")
    data = uploaded.read() if uploaded else b""
    if data and pasted.strip():
        raise ValueError("questions are pasted and a file is chosen; send one of them")
    return data or pasted.encode()


def _check_few(questions: Sequence[Asked]) -> None:
    if len(questions) > AT_ONCE:
        raise ValueError(
            f"the sheet holds {len(questions):,} questions, and without JavaScript at most {AT_ONCE} are answered at "
            f"once; allow this page its script for up to {MOST:,}, or send the sheet in parts"
        )


def _rows(questions: Sequence[Asked], only: Filter) -> list[Row]:
    pipeline = current_pipeline()
    spend_further(len(questions))
    rows = []
    for number, asked in enumerate(questions, 1):
        check_still_allowed()
        rows.append(answered(pipeline, number, asked, _link, only))
    return rows


def _link(span: Span) -> str:
    return f"{request.host_url.rstrip('/')}{span_path(span)}"


def _page(sent: Sent, only: Filter, rows: Sequence[Row] = (), problems: Problems | None = None) -> str:
    errors = problems or {}
    files = {"csv": f"data:text/csv;charset=utf-8,{quote(as_csv(rows))}"} if rows else {}
    if rows:
        files["json"] = f"data:application/json;charset=utf-8,{quote(as_json(rows))}"
    view = filter_view(current_pipeline().archive, only, "pages.sheet", sent.typed, errors)
    return render_template(
        "sheet.html",
        rows=rows,
        scope=_in_words(only),
        problem=errors.get(SHEET, ""),
        errors={name: said for name, said in errors.items() if name != SHEET},
        files=files,
        known=KNOWN,
        most=MOST,
        at_once=AT_ONCE,
        pasted=sent.pasted,
        typed=sent.typed,
        view=replace(view, bars=(), chips=()),  # links, which would leave what is typed behind
    )
