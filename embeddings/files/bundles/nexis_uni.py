"""Bundles of articles as Nexis Uni delivers them, with "End of Document" below each, to drafts."""

import re

from embeddings.files.bundles.labels import label, role
from embeddings.files.bundles.lexis_fields import (
    Head,
    begins_text,
    dated,
    draft,
    has_measure,
    has_sentences,
    is_field,
    is_page_number,
    read_head,
    titled,
)
from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.pages import Line

_END = re.compile(
    r"end of document|ende des dokuments|fin du document|fin del documento|fine del documento|fim do documento|"
    r"einde van (?:het )?document|конец документа",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?:documents?|dokumente?|documentos?|documenti|documenten)\s*\((\d{1,5})\)", re.IGNORECASE)
_LISTED = re.compile(r"\s*\d{1,5}\.\s*(.{2,})")


def uni(lines: list[Line]) -> list[Draft | UnreadableError]:
    """Return the articles of a bundle whose parts end with "End of Document"; none if it is no such bundle."""
    ends = [n for n, line in enumerate(lines) if _END.fullmatch(line.text.strip())]
    starts = [0, *(end + 1 for end in ends)]
    *parts, rest = (lines[start:end] for start, end in zip(starts, [*ends, len(lines)], strict=True))
    parts = [part for part in parts if any(line.text.strip() for line in part)]
    sure = [_is_labelled(part) for part in parts]
    if not sure or not sure[0] or 2 * sum(sure) < len(sure):
        return []
    first = _first_title(parts[0])
    if has_sentences(parts[0][:first]):
        return []
    found: list[Draft | UnreadableError] = [_draft(parts[0][first:]), *map(_draft, parts[1:])]
    if _is_labelled(rest):  # cut off before its end
        found.append(_draft(rest))
    elif has_sentences(rest):
        found.append(UnreadableError("holds words behind its last article that are none of it, which are not read"))
    said = next((int(match[1]) for line in parts[0] if (match := _COUNT.fullmatch(line.text.strip()))), 0)
    if said > len(found):
        why = f"says that it holds {said:,} articles, and holds {len(found):,}: it may be cut short"
        found.append(UnreadableError(why))
    return found


def _is_labelled(part: list[Line]) -> bool:
    """Return whether a part has what the deliverer puts into each, and a date on a line of its own."""
    return has_measure(part) and any(map(_is_day, part))


def _is_day(line: Line) -> bool:
    return bool(dated(line.text)) and not label(line.text)[0]


def _draft(part: list[Line]) -> Draft:
    filled = [n for n, line in enumerate(part) if line.text.strip() and not is_page_number(line.text)]
    title, *rest = filled
    field = next((n for n in rest if is_field(part[n].text)), None)
    above = rest[:2] if field is None else [n for n in rest if n < field]
    day = next((n for n in above if _is_day(part[n])), None)
    outlet = next((n for n in above if n != day), None)
    if outlet is not None and day is not None and outlet > day:
        outlet = None
    head = Head(
        title=titled(part[title].text),
        outlet="" if outlet is None else part[outlet].text.strip(),
        published="" if day is None else dated(part[day].text),
    )
    last = max(each for each in (title, outlet, day) if each is not None)
    head, body = read_head(head, part[last + 1 if field is None else field :])
    return draft(head, body)


def _first_title(part: list[Line]) -> int:
    """Return where the first article begins, behind the cover and its list of titles."""
    filled = [n for n, line in enumerate(part) if line.text.strip() and not is_page_number(line.text)]
    text = next((n for n in filled if begins_text(part[n].text)), None)
    if text is None:
        text = next((n for n in filled if role(label(part[n].text)[0]) == "length"), len(part))
    above = [n for n in filled if n < text]
    listed = {_folded(match[1]) for n in above if (match := _LISTED.match(part[n].text))}
    named = [n for n in above if _folded(part[n].text) in listed] or [n for n in above if part[n].level]
    if named:
        return named[-1]
    days = [n for n in above if _is_day(part[n])]
    over = [n for n in above if n < days[-1]] if days else []
    return over[-2] if len(over) > 1 else filled[0]


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
