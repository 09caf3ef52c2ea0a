"""Bundles of articles as LexisNexis and Nexis Uni deliver them, line by line, to drafts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from embeddings.dates import parse_published
from embeddings.files.credits import credited
from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.pages import Line
from embeddings.files.press_labels import CLASSES, TAIL, is_copyright, is_length, label, role
from embeddings.files.widths import CENTRED, between

_NUMBER = re.compile(
    r"(?P<number>\d{1,4}) of (?P<all>\d{1,6}) DOCUMENTS?"
    r"|(?:Dokument|Document|Documento) (?P<n>\d{1,4}) (?:von|de|van|di|sur) (?P<m>\d{1,6})"
)
_END = re.compile(
    r"end of document|ende des dokuments|fin du document|fin del documento|fine del documento|fim do documento|"
    r"einde van (?:het )?document|конец документа",
    re.IGNORECASE,
)
_BODY = re.compile(r"body|text|volltext|corps|cuerpo|corpo|hauptteil", re.IGNORECASE)
_CLASSIFIED = re.compile(r"classification|klassifikation|klassifizierung|clasificación|classificazione", re.IGNORECASE)
_COUNT = re.compile(r"(?:documents?|dokumente?|documentos?|documenti|documenten)\s*\((\d{1,5})\)", re.IGNORECASE)
_LISTED = re.compile(r"\s*\d{1,5}\.\s*(.{2,})")
_EDITION = re.compile(
    r".*\b(?:edition|ausgabe|édition|edición|edizione|editie|final|web|print|online|correction appended|"
    r"\d-star|first|early|late)\b.*",
    re.IGNORECASE,
)
_NO_HEADLINE = re.compile(r"\[?no headline(?: in original)?\]?|ohne titel", re.IGNORECASE)
_PAGE = re.compile(r"page \d+(?: of \d+)?|seite \d+(?: von \d+)?", re.IGNORECASE)
_LOADED = ("load-date", "update", "date-chargement", "fecha-carga", "data-caricamento", "laad-datum")
_YEAR = re.compile(r"(?:19|20)\d\d")

SENTENCE = 120
"""Characters of a line that is no cover's: in front of a bundle there are none."""

GAP = 3
"""Lines without a name that may stand between fields below a text, such as a picture's caption."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above a text."""

    title: str = ""
    outlet: str = ""
    published: str = ""
    byline: str = ""
    lead: str = ""


def classic(lines: list[Line]) -> list[Draft]:
    """Return the articles of a bundle whose parts begin with "1 of 3 DOCUMENTS"; none if it is no such bundle."""
    starts = [n for n, line in enumerate(lines) if _NUMBER.fullmatch(line.text.strip())]
    found = [_numbers(lines[start].text) for start in starts]
    numbers = [number for number, _ in found]
    if not starts or len({total for _, total in found}) > 1 or numbers != sorted(set(numbers)):
        return []
    if any(len(line.text) > SENTENCE and line.text.endswith(".") for line in lines[: starts[0]]):
        return []
    parts = [lines[start + 1 : stop] for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True)]
    if not all(_is_labelled(part) for part in parts):
        return []
    return [_classic_draft(part) for part in parts]


def _numbers(text: str) -> tuple[int, int]:
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return 0, 0
    return int(match["number"] or match["n"]), int(match["all"] or match["m"])


def _is_labelled(part: list[Line]) -> bool:
    """Return whether a part has what the deliverer puts into each: a length or a code, and a date above the text."""
    above = [line.text for line in part if line.text.strip()][:12]
    return _has_measure(part) and any(map(dated, above))


def _has_measure(part: list[Line]) -> bool:
    """Return whether a part says how many words it has, or when it was loaded."""
    fields = [label(line.text) for line in part]
    return any(
        (role(name) == "length" and is_length(said)) or (name in _LOADED and dated(said)) for name, said in fields
    )


def _classic_draft(part: list[Line]) -> Draft:
    filled = [n for n, line in enumerate(part) if line.text.strip() and not is_copyright(line.text)]
    day = next((n for n in filled if dated(part[n].text)), filled[0])
    outlet = next((part[n].text for n in filled if n < day), "")
    first = next((n for n in filled if n > day and _is_field(part[n].text, upper=True)), len(part))
    head = _Head(outlet=outlet.strip(), published=dated(part[day].text))
    blocks = list(_blocks(part[day + 1 : first]))
    titles = [each for each in blocks if not _is_above_title(each)]
    if first == len(part):  # nothing says where the text begins
        body = part[day + 1 :]
        return _draft(head, body, upper=True)
    title = max(titles, key=lambda each: (each[0].bold, len(_joined(each))), default=[])
    head, body = _read_head(replace(head, title=_joined(title)), part[first:], upper=True)
    return _draft(head, body, upper=True)


def _is_above_title(block: list[Line]) -> bool:
    centred = all(line.text.startswith(" " * CENTRED) for line in block)
    return centred or (len(block) == 1 and len(block[0].text) < 40 and bool(_EDITION.fullmatch(block[0].text)))


def _blocks(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines between blank ones; lines about rights are left out."""
    block: list[Line] = []
    for line in [*lines, Line("")]:
        if line.text.strip():
            block += [] if is_copyright(line.text) else [line]
        elif block:
            yield block
            block = []


def uni(lines: list[Line]) -> list[Draft | UnreadableError]:
    """Return the articles of a bundle whose parts end with "End of Document"; none if it is no such bundle."""
    ends = [n for n, line in enumerate(lines) if _END.fullmatch(line.text.strip())]
    starts = [0, *(end + 1 for end in ends)]
    parts = [lines[start:end] for start, end in zip(starts, [*ends, len(lines)], strict=True)]
    if not ends or not all(_is_labelled_within(part) for part in parts[:-1]):
        return []
    if not _is_labelled_within(parts[-1]):  # what stands behind the last end is the deliverer's, or cut off
        parts.pop()
    found: list[Draft | UnreadableError] = [_uni_draft(part, is_first=n == 0) for n, part in enumerate(parts)]
    said = next((int(match[1]) for line in parts[0] if (match := _COUNT.fullmatch(line.text.strip()))), 0)
    if said > len(found):
        found.append(
            UnreadableError(f"says that it holds {said:,} articles, and holds {len(found):,}: it may be cut short")
        )
    return found


def _is_labelled_within(part: list[Line]) -> bool:
    """Return whether a part has what the deliverer puts into each, and a date on a line of its own."""
    return _has_measure(part) and any(dated(line.text) for line in part if not label(line.text)[0])


def _uni_draft(part: list[Line], *, is_first: bool) -> Draft:
    filled = [n for n, line in enumerate(part) if line.text.strip() and not _PAGE.fullmatch(line.text.strip())]
    start = _first_title(part, filled) if is_first else filled[0]
    lines = part[start:]
    filled = [n for n, line in enumerate(lines) if line.text.strip()]
    day = next((n for n in filled[1:] if dated(lines[n].text) and not label(lines[n].text)[0]), filled[0])
    title = lines[filled[0]].text.strip()
    outlet = lines[filled[1]].text.strip() if len(filled) > 1 and filled[1] < day else ""
    head = _Head("" if _NO_HEADLINE.fullmatch(title) else title, outlet, dated(lines[day].text))
    after = day + 1
    first = next((n for n in filled if n >= after and _is_field(lines[n].text)), after)
    head, body = _read_head(head, lines[first:])
    return _draft(head, body)


def _first_title(part: list[Line], filled: list[int]) -> int:
    """Return where the first article begins, behind the cover and its list of titles."""
    text = next((n for n in filled if _BODY.fullmatch(part[n].text.strip())), None)
    if text is None:
        text = next((n for n in filled if role(label(part[n].text)[0]) == "length"), len(part))
    above = [n for n in filled if n < text]
    listed = {_folded(match[1]) for n in above if (match := _LISTED.match(part[n].text))}
    named = [n for n in above if _folded(part[n].text) in listed] or [n for n in above if part[n].level]
    if named:
        return named[-1]
    days = [n for n in above if dated(part[n].text) and not label(part[n].text)[0]]
    over = [n for n in above if n < days[-1] and not _EDITION.fullmatch(part[n].text)] if days else []
    return over[-2] if len(over) > 1 else filled[0]


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _is_field(text: str, *, upper: bool = False) -> bool:
    """Return whether a line is a field above a text, or says that the text begins."""
    name, _ = label(text)
    if _BODY.fullmatch(text.strip()) and not upper:
        return True
    return role(name) is not None and (not upper or text.strip()[: len(name)].isupper())


def _read_head(head: _Head, lines: list[Line], *, upper: bool = False) -> tuple[_Head, list[Line]]:
    """Return a head with the fields that `lines` begin with, and the text behind them."""
    at = 0
    while at < len(lines):
        text = lines[at].text
        if not text.strip() or is_copyright(text):
            at += 1
            continue
        if not _is_field(text, upper=upper):
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
    return not text.strip() or _is_field(text, upper=upper)


def _with(head: _Head, kind: str | None, said: str) -> _Head:
    """Return a head with one more field."""
    if kind == "byline":
        return replace(head, byline=credited(said))
    if kind == "title":
        return replace(head, title="" if _NO_HEADLINE.fullmatch(said) else said)
    return replace(head, lead=said) if kind == "lead" else head


def _draft(head: _Head, body: list[Line], *, upper: bool = False) -> Draft:
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
        if is_field or is_alone or is_copyright(text) or _PAGE.fullmatch(text):
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


def _joined(lines: list[Line]) -> str:
    return " ".join(line.text.strip() for line in lines)


def text_of(lines: list[Line]) -> str:
    """Return the text of lines, each a paragraph unless it may have been broken; those about rights are left out."""
    text = ""
    for block in _blocks(lines):
        for line in block:
            words = line.text.strip()
            text += words + (between(words) if line is not block[-1] else "\n\n")
    return text.strip()


def dated(line: str) -> str:
    """Return the date that a line begins with, as in "March 12, 2021 Friday Final Edition"; "" if it is none."""
    words = re.sub(r"(?<=\d\.)(?=[^\W\d_])", " ", line).split()
    if len(words) > 20 or not _YEAR.search(line):
        return ""
    for count in range(min(len(words), 12), 0, -1):
        published = parse_published(" ".join(words[:count]).rstrip(",;"))
        if published and ("-" in published or count == len(words)):
            return published
    return ""
