"""The article in an object with named fields."""

import re
from collections.abc import Iterable, Mapping

from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.fields import values
from embeddings.files.fields.exported import with_told
from embeddings.files.fields.names import USUAL, FieldNames
from embeddings.files.fields.objects import Fields, unwrapped
from embeddings.files.markup import plain_words
from embeddings.files.usage import as_usable
from embeddings.files.versions import version_of

MAX_LISTED = 20
"""Names that an error lists."""

_NO_EMBARGO = ("", "no", "false", "none", "0")
_CUT = re.compile(r"(?:…|\.\.\.)\s*(?:\[\+?\s?[\d,]+ char(?:acter)?s?\.?\]|\[?Read more\]?)\s*\Z|\[(?:…|\.\.\.)\]\s*\Z")


def record(value: object, names: FieldNames = USUAL) -> Draft:
    """Return the article in an object; UnreadableError if it holds no text.

    What is odd in another field is left out, and the notes say so.
    """
    if not isinstance(value, Mapping):
        raise UnreadableError(f"holds {values.kind_of(value)} where an article's JSON object should be")
    fields = Fields(unwrapped(value, names), names)
    notes: list[str] = []
    text = _text_of(fields, notes)
    published = fields.first("published", values.date, "a date", notes)
    if not published and (name := fields.name_of_another_date()):
        notes.append(f'without a date: "{name}" holds one, try --field published={name}')
    draft = Draft(
        text=text,
        title=fields.first("title", values.words, "a title of its own", notes),
        published=published,
        outlet=fields.first("outlet", values.people, "an outlet", notes),
        byline=fields.first("byline", values.people, "an author", notes),
        url=fields.first("url", values.address, "a link", notes),
        id=values.checked_id(fields.first("id", values.explicit_id, "an id of its own", notes)),
        notes=tuple(notes),
        version=version_of(fields.plain("published"), fields.plain("modified"), fields.plain("revision")),
    )
    draft = with_told(draft, value)
    embargo = fields.plain("embargo")
    return as_usable(draft, fields.plain("status"), None if embargo.lower() in _NO_EMBARGO else embargo)


def _text_of(fields: Fields, notes: list[str]) -> str:
    """Return the text of an article, or what stands in for it; UnreadableError if nothing does."""
    odd = None
    for name, value in fields.named("text"):
        try:
            text = values.words(name, value, notes)
        except UnreadableError as error:
            odd = odd or error
            continue
        notes += (
            ["with a text that its provider cut"] if text.endswith(("]", "more")) and _CUT.search(text[-200:]) else []
        )
        return text
    if odd is not None:
        raise odd
    if fields.states_no_text():
        raise UnreadableError("holds no text")
    for name, value in fields.named("stand-in"):
        if isinstance(value, str):
            notes.append(f'with "{name}" in place of a text, which is missing')
            return plain_words(value)
    longest = fields.name_of_longest()
    cure = f"; say which is the text with --field text={longest or 'NAME'}"
    raise UnreadableError(f"holds no text; its fields are {_listed(fields)}{cure}" if list(fields) else "holds nothing")


def _listed(names: Iterable[object]) -> str:
    """Return at most MAX_LISTED names, each in quotes."""
    listed = [repr(str(name)[: values.MAX_ID]) for name in names]
    return ", ".join(listed[:MAX_LISTED] + ["…"] * (len(listed) > MAX_LISTED))
