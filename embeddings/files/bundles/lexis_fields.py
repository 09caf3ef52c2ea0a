"""The fields above and below an article, as LexisNexis and Nexis Uni write them, and the text between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from embeddings.dates import parse_published
from embeddings.files.bundles.labels import CLASSES, TAIL, is_copyright, is_length, label, role
from embeddings.files.bundles.widths import between
from embeddings.files.credits import credited
from embeddings.files.drafts import Draft
from embeddings.files.pages import Line

_BODY = re.compile(r"body|text|volltext|corps|cuerpo|corpo|hauptteil", re.IGNORECASE)
_CLASSIFIED = re.compile(r"classification|klassifikation|klassifizierung|clasificación|classificazione", re.IGNORECASE)
_NO_HEADLINE = re.compile(r"\[?no headline(?: in original)?\]?|ohne titel", re.IGNORECASE)
_PAGE = re.compile(r"page \d+(?: of \d+)?|seite \d+(?: von \d+)?", re.IGNORECASE)
_LOADED = ("load-date", "update", "date-chargement", "fecha-carga", "data-caricamento", "laad-datum")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SEASON = re.compile(r"(?:spring|summer|autumn|fall|winter)\s+((?:19|20)\d\d)", re.IGNORECASE)

SENTENCE = 120
"""Characters of a line that is none of a deliverer's cover, if it ends as sentences do."""

GAP = 3
"""Lines without a name that may stand between fields below a text, such as a picture's caption."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a text; a title that says that there is none is none."""

    title: str = ""
    outlet: str = ""
    published: str = ""
    byline: str = ""
    lead: str = ""


def has_sentences(lines: list[Line]) -> bool:
    """Return whether lines hold what no cover does: then they are an article's, and must not be lost."""
    return any(len(line.text) > SENTENCE and line.text.rstrip("\"'”’»)").endswith((".", "!", "?")) for line in lines)


def titled(text: str) -> str:
    """Return a title; "" if it only says that there is none."""
    return "" if _NO_HEADLINE.fullmatch(text.strip()) else text.strip()


def begins_text(text: str) -> bool:
    """Return whether a line says that the text begins below it."""
    return _BODY.fullmatch(text.strip()) is not None


def is_page_number(text: str) -> bool:
    """Return whether a line is the number of a page and nothing else."""
    return _PAGE.fullmatch(text.strip()) is not None


def has_measure(part: list[Line]) -> bool:
    """Return whether a part says how many words it has, or when it was loaded."""
    fields = [label(line.text) for line in part]
    return any(
        (role(name) == "length" and is_length(said)) or (name in _LOADED and dated(said)) for name, said in fields
    )


def blocks(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines between blank ones; lines about rights are left out."""
    block: list[Line] = []
    for line in [*lines, Line("")]:
        if line.text.strip():
            block += [] if is_copyright(line.text) else [line]
        elif block:
            yield block
            block = []


def is_field(text: str, *, upper: bool = False) -> bool:
    """Return whether a line is a field above a text, or says that the text begins."""
    name, _ = label(text)
    if begins_text(text) and not upper:
        return True
    return role(name) is not None and (not upper or text.strip()[: len(name)].isupper())


def read_head(head: Head, lines: list[Line], *, upper: bool = False) -> tuple[Head, list[Line]]:
    """Return a head with the fields that `lines` begin with, and the text behind them."""
    at = 0
    while at < len(lines):
        text = lines[at].text
        if not text.strip() or is_copyright(text):
            at += 1
            continue
        if not is_field(text, upper=upper):
            break
        stop = next((n for n in range(at + 1, len(lines)) if _ends_field(lines[n].text, upper=upper)), len(lines))
        name, said = label(text)
        kind = "body" if not name else role(name)
        if kind == "body":
            rest = [replace(lines[at], text=said)] if said else []
            return head, rest + lines[at + 1 :]
        head = _with(head, kind, " ".join([said, *(line.text.strip() for line in lines[at + 1 : stop])]).strip())
        at = stop
    return head, lines[at:]


def _ends_field(text: str, *, upper: bool) -> bool:
    return not text.strip() or is_field(text, upper=upper)


def _with(head: Head, kind: str | None, said: str) -> Head:
    """Return a head with one more field."""
    if kind == "byline":
        return replace(head, byline=credited(said))
    if kind == "title":
        return replace(head, title=titled(said))
    return replace(head, lead=said) if kind == "lead" else head


def draft(head: Head, body: list[Line], *, upper: bool = False) -> Draft:
    """Return the article below a head, without the fields below its text."""
    cut = _tail(body, upper=upper)
    correction, day = _correction(body[cut:])
    text = "\n\n".join(filter(None, [head.lead, text_of(body[:cut]), correction]))
    return Draft(text, head.title, head.published, head.outlet, head.byline, version=day)


def _tail(lines: list[Line], *, upper: bool) -> int:
    """Return where the fields below a text begin: from the end on upwards, as long as there are some."""
    classified = None if upper else _classification(lines)
    cut, gap = len(lines) if classified is None else classified, 0
    for n in range(cut - 1, -1, -1):
        if not (text := lines[n].text.strip()):
            continue
        name, _ = label(text)
        is_code = name in CLASSES and classified is None and (upper or gap == 0)
        is_field = (name in TAIL or is_code) and (not upper or text[: len(name)].isupper())
        is_alone = not upper and text.lower() in ("graphic", "grafik", "correction", "korrektur")
        if is_field or is_alone or is_copyright(text) or is_page_number(text):
            cut, gap = n, 0
        elif (gap := gap + 1) > GAP:
            break
    return cut


def _classification(lines: list[Line]) -> int | None:
    """Return where the codes stand that the deliverer gave an article, below a heading; None if there are none."""
    filled = [n for n, line in enumerate(lines) if line.text.strip()]
    pairs = pairwise(filled)
    found = [n for n, below in pairs if _CLASSIFIED.fullmatch(lines[n].text.strip()) and _is_code(lines[below].text)]
    return found[-1] if found else None


def _is_code(text: str) -> bool:
    return label(text)[0] in CLASSES


def _correction(tail: list[Line]) -> tuple[str, str]:
    """Return the correction that stands below a text, and its day; "" without one."""
    words: list[str] = []
    day, within = "", False
    for line in tail:
        text = line.text.strip()
        name, said = label(text)
        if name == "correction-date":
            day = dated(said)
        if name or text.lower() in ("correction", "graphic"):
            within = "correction" in (name, text.lower())
            words += [said] if within and said else []
        elif within and text and not is_copyright(text):
            words.append(text)
    return "\n\n".join(words), day if words else ""


def text_of(lines: list[Line]) -> str:
    """Return the text of lines, each a paragraph unless it may have been broken; those about rights are left out."""
    text = ""
    for block in blocks(lines):
        for line in block:
            words = line.text.strip()
            text += words + (between(words) if line is not block[-1] else "\n\n")
    return text.strip()


def dated(line: str) -> str:
    """Return the date that a line begins with, as in "March 12, 2021 Friday Final Edition"; "" if it is none."""
    if season := _SEASON.fullmatch(line.strip()):
        return season[1]
    words = re.sub(r"(?<=\d\.)(?=[^\W\d_])", " ", line).split()
    if len(words) > 20 or not _YEAR.search(line):
        return ""
    for count in range(min(len(words), 12), 0, -1):
        published = parse_published(" ".join(words[:count]).rstrip(",;"))
        if published and ("-" in published or count == len(words)):
            return published
    return ""
