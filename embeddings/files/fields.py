"""Objects with named fields to drafts: JSON, a table's rows, Markdown's front matter."""

import ast
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from embeddings.dates import parse_published
from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.markup import plain_words
from embeddings.files.usage import as_usable
from embeddings.files.versions import MODIFIED_NAMES, REVISION_NAMES, version_of
from embeddings.files.wrapped import MAX_DEPTH, inner, paragraphs

USUAL_NAMES = {
    "text": (
        "text", "body", "content", "maintext", "articleBody", "body_text", "full_text", "article_text", "content_text",
        "content_html", "body_html", "paragraphs", "post_content",
    ),
    "title": ("title", "headline", "web_title", "article_title", "post_title"),
    "published": (
        "published", "date", "publish_date", "date_publish", "date_published", "published_at", "published_date",
        "publication_date", "pub_date", "web_publication_date", "published_on", "published_time", "date_gmt",
        "first_published", "first_publication_date", "firstcreated", "versioncreated", "post_date", "timestamp",
    ),
    "outlet": (
        "outlet", "source", "publisher", "sitename", "source_name", "provider", "publication", "newspaper",
        "publisher_name", "outlet_name",
    ),
    "byline": ("author", "authors", "author(s)", "byline", "creator", "author_name", "authors_name", "dc:creator"),
    "url": ("url", "link", "web_url", "permalink", "canonical_url", "article_url", "source_url", "guid"),
    "id": ("id",),
}  # fmt: skip
"""What a field may be called in JSON, in a table and in front matter; the first name that holds something counts.

Capitals and what parts the words make no difference: "pubDate" and "Pub Date" are "pub_date". Names are those of
NewsAPI, the Guardian, the New York Times, AP (ninjs), schema.org, JSON Feed, WordPress and news-please.
"""

STAND_INS = ("lead_paragraph", "description", "abstract", "summary", "snippet", "excerpt", "standfirst")
"""What may stand for a text where an article has none: its first sentences, or what it is about."""

_USAGE_NAMES = {
    "embargo": ("embargoed", "embargo", "embargo_until", "embargoed_until"),
    "status": ("pubstatus",),
}
_NO_EMBARGO = ("", "no", "false", "none", "0")

MAX_ID = 200
"""Characters of an id; a longer one is refused, for a shortened one could name two articles."""

MAX_LISTED = 20
"""Names that an error lists."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What fields are called in an export: the names given for them, then the usual ones."""

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, options: Sequence[str]) -> "FieldNames":
        """Return the names in options such as "title=headline_main"; ValueError names one that makes no sense."""
        given: dict[str, tuple[str, ...]] = {}
        for option in options:
            known, equals, name = (part.strip() for part in option.partition("="))
            if not equals or not name:
                raise ValueError(f"--field {option!r} is no FIELD=NAME; write it as title=headline_main")
            if known not in USUAL_NAMES:
                raise ValueError(
                    f"--field {option!r}: there is no field {known!r}; fields are {', '.join(USUAL_NAMES)}"
                )
            given[known] = (*given.get(known, ()), name)
        return cls(given)

    def __str__(self) -> str:
        return ",".join(f"{known}={name}" for known, names in sorted(self.given.items()) for name in names)

    @property
    def all_given(self) -> list[str]:
        """The names given, for whichever field."""
        return [name for names in self.given.values() for name in names]

    def of(self, known: str) -> tuple[str, ...]:
        """Return what a field may be called, the names given first."""
        return (*self.given.get(known, ()), *USUAL_NAMES[known])

    def knows(self, name: str) -> bool:
        """Return whether a field of this name is read."""
        return name in self.all_given or canonical(name) in _canonical_names()

    def has_text(self, names: Iterable[str]) -> bool:
        """Return whether one of these names is that of a text, or of what may stand for one."""
        usual = set(map(canonical, (*USUAL_NAMES["text"], *STAND_INS)))
        return any(name in self.given.get("text", ()) or canonical(name) in usual for name in names)


USUAL = FieldNames()


def record(value: object, names: FieldNames = USUAL) -> Draft:
    """Return the article in an object; UnreadableError if it holds no text.

    What is odd in another field is left out, and the notes say so.
    """
    if not isinstance(value, Mapping):
        raise UnreadableError(f"holds {_kind(value)} where an article's JSON object should be")
    fields = Fields(unwrapped(value, names), names)
    notes: list[str] = []
    text = _text_of(fields, notes)
    published = fields.first("published", _date, "a date", notes)
    if not published and (name := fields.name_of_another_date()):
        notes.append(f'without a date: "{name}" holds one, try --field published={name}')
    draft = Draft(
        text=text,
        title=fields.first("title", _words, "a title of its own", notes),
        published=published,
        outlet=fields.first("outlet", _people, "an outlet", notes),
        byline=fields.first("byline", _people, "an author", notes),
        url=fields.first("url", _address, "a link", notes),
        id=_checked(fields.first("id", _id, "an id of its own", notes)),
        notes=tuple(notes),
        version=version_of(fields.plain("published"), fields.plain("modified"), fields.plain("revision")),
    )
    embargo = fields.plain("embargo")
    return as_usable(draft, fields.plain("status"), None if embargo.lower() in _NO_EMBARGO else embargo)


def holds_text(value: object, names: FieldNames = USUAL) -> bool:
    """Return whether a value is an object with a field that is called as texts are, and that holds something."""
    return isinstance(value, Mapping) and any(True for _ in Fields(value, names).named("text"))


def named(fields: Mapping[str, object], name: str) -> object:
    """Return the value of a name, or of one with dots in the objects within: "headline.main"; None if there is none."""
    if name in fields:
        return fields[name]
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return named(within, inner) if inner and isinstance(within, Mapping) else None


@cache
def _canonical_names() -> frozenset[str]:
    return frozenset(canonical(name) for usual in USUAL_NAMES.values() for name in usual)


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """Return a name without regard to capitals and to what parts its words: "pubdate" for "Pub Date"."""
    return re.sub(r"[\s_-]+", "", name).lower()


@lru_cache(maxsize=1024)
def _keys_by_field(keys: tuple[object, ...]) -> dict[str, tuple[str, ...]]:
    """Return which of an object's keys each field, and what may stand for a text, is called; the most usual first."""
    found = {canonical(key): key for key in reversed(keys) if isinstance(key, str)}
    usual = {
        **USUAL_NAMES,
        "stand-in": STAND_INS,
        "modified": MODIFIED_NAMES,
        "revision": REVISION_NAMES,
        **_USAGE_NAMES,
    }
    called = {known: [found.get(canonical(name)) for name in names] for known, names in usual.items()}
    return {known: tuple(key for key in keys if key is not None) for known, keys in called.items()}


class Fields:
    """The fields of one object, found by any of their usual names."""

    def __init__(self, value: Mapping[str, object], names: FieldNames) -> None:
        self._value = value
        self._given = names.given
        self._keys = _keys_by_field(tuple(value))

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def named(self, known: str) -> Iterator[tuple[str, object]]:
        """Yield the names of a field that hold something, and what they hold; those given first."""
        for name in self._given.get(known, ()):
            if not _is_nothing(value := named(self._value, name)):
                yield name, value
        for name in self._keys[known]:
            if not _is_nothing(value := self._value[name]):
                yield name, value

    def plain(self, known: str) -> str:
        """Return the first value of a field that is a text or a number, as it is written; "" if none is."""
        values = (value for _, value in self.named(known) if isinstance(value, str | int | float))
        return next((str(value).strip() for value in values if not isinstance(value, bool)), "")

    def states_no_text(self) -> bool:
        """Return whether a text is there and holds no character."""
        return any(isinstance(each := self._value[name], str) and not each.strip() for name in self._keys["text"])

    def first(self, known: str, read: Callable[[str, object, list[str]], str], what: str, notes: list[str]) -> str:
        """Return the first value of a field that can be read; "" if none can, and a note if that is odd."""
        odd = ""
        for name, value in self.named(known):
            try:
                found = read(name, value, notes)
            except UnreadableError as error:
                odd = odd or f"without {what}: {error}"
                continue
            if found:
                return found
        notes += [odd] if odd else []
        return ""

    def name_of_another_date(self) -> str:
        """Return the name of a field that is called like a date and holds one; "" if none does."""
        likely = (
            (name, str(value))
            for name, value in self._value.items()
            if isinstance(name, str) and _DATED.search(name) and isinstance(value, str | int)
        )
        return next((name for name, value in likely if _YEAR.search(value) and parse_published(value)), "")

    def name_of_longest(self) -> str:
        """Return the name of the field that holds the most characters; "" if none holds a sentence."""
        lengths = {name: len(value) for name, value in self._value.items() if isinstance(value, str)}
        name = max(lengths, key=lengths.__getitem__, default="")
        return name if lengths.get(name, 0) >= MIN_TEXT else ""


MIN_TEXT = 40
"""Characters of a field that may be an article's text, when the person is told which it might be."""

_DATED = re.compile(r"date|time|creat|publi|posted|issued|updated|modified", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d|\d{10}")
_CUT = re.compile(r"(?:…|\.\.\.)\s*(?:\[\+?\s?[\d,]+ char(?:acter)?s?\.?\]|\[?Read more\]?)\s*\Z|\[(?:…|\.\.\.)\]\s*\Z")
_NOTHING = frozenset({"", "nan", "none", "null", "nat", "n/a", "[]", "{}"})


def unwrapped(value: Mapping[str, object], names: FieldNames) -> Mapping[str, object]:
    """Return an object with the fields of the one object within it that holds the text, if it holds none itself."""
    if holds_text(value, names):
        return value
    within = [name for name, each in value.items() if holds_text(each, names)]
    if len(within) != 1 or not isinstance(inner := value[within[0]], Mapping):
        return value
    return {**{name: each for name, each in value.items() if name != within[0]}, **inner}


def _text_of(fields: Fields, notes: list[str]) -> str:
    """Return the text of an article, or what stands in for it; UnreadableError if nothing does."""
    odd = None
    for name, value in fields.named("text"):
        try:
            text = _words(name, value, notes)
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


def _is_nothing(value: object) -> bool:
    """Return whether a value says that there is none: null, "", an empty list, pandas' NaN."""
    if isinstance(value, str):
        return len(value) <= 5 and value.strip().lower() in _NOTHING
    return value is None or value != value or (isinstance(value, list | Mapping) and not value)  # noqa: PLR0124


def _listed(names: Iterable[object]) -> str:
    """Return at most MAX_LISTED names, each in quotes."""
    listed = [repr(str(name)[:MAX_ID]) for name in names]
    return ", ".join(listed[:MAX_LISTED] + ["…"] * (len(listed) > MAX_LISTED))


def _words(name: str, value: object, _: list[str]) -> str:
    """Return the words in a string, in an object that wraps one, or in a list of these or of lists: its paragraphs."""
    if isinstance(value, str):
        listed = _list_in(value)
        return plain_words(value) if listed is None else "\n\n".join(map(plain_words, listed))
    parts = [inner(each) for each in paragraphs(value)]
    found = [part for part in parts if isinstance(part, str)]
    if not found:
        raise UnreadableError(f'"{name}" is {_kind(value)}, not a string')
    return "\n\n".join(filter(None, map(plain_words, found)))


def _list_in(text: str) -> list[str] | None:
    """Return the strings in a list that a table holds as Python or JSON writes it; None if the text is no such list."""
    if not (text.startswith(("['", '["')) and text.endswith(("']", '"]'))):
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else None


def _date(name: str, value: object, _: list[str]) -> str:
    """Return the date in a string, a number, or an object or list of one that wraps it."""
    found = inner(value[0] if isinstance(value, list) and len(value) == 1 else value)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise UnreadableError(f'"{name}" is {_kind(value)}, not a string')
    published = parse_published(str(found))
    if not published:
        raise UnreadableError(f'"{name}" holds none that is understood')
    return published


def _people(name: str, value: object, notes: list[str]) -> str:
    """Return the names in the value, joined by commas: a string, an object with a name, or a list of these."""
    if isinstance(value, str) and (listed := _list_in(value)) is not None:
        value = listed
    entries = [each for each in _flattened(value) if not _is_nothing(each)]
    names = [plain_words(person) for person in map(_person, entries) if person]
    if entries and not names:
        raise UnreadableError(f'"{name}" is {_kind(value)} without a name')
    if len(names) < len(entries):
        notes.append(f'without some names: "{name}" holds what is none')
    return ", ".join(names)


def _flattened(value: object, depth: int = 0) -> Iterator[object]:
    """Yield what may be people in a value: lists may stand in lists, and in an object that has no name."""
    within: list[object] = []
    if isinstance(value, list):
        within = value
    elif isinstance(value, Mapping) and not _person(value):
        within = [each for each in value.values() if isinstance(each, list | Mapping)]
        within = within if len(within) == 1 else []
    if not within or depth == MAX_DEPTH:
        yield value
        return
    for each in within:
        yield from _flattened(each, depth + 1)


def _person(entry: object) -> str:
    """Return the name in a string or an object; "" if there is none."""
    if isinstance(entry, str):
        return _BY.sub("", entry)
    if not isinstance(entry, Mapping):
        return ""
    fields = {canonical(key): each for key, each in entry.items() if isinstance(key, str) and isinstance(each, str)}
    whole = next((fields[key] for key in _NAMES if fields.get(key)), "")
    parts = [next((fields[key] for key in keys if fields.get(key)), "") for keys in _PARTS_OF_NAMES]
    return _BY.sub("", fields.get("original", "")) or whole or " ".join(filter(None, parts))


_BY = re.compile(r"\A(?:By|BY|by)\s+(?=\S)")
_NAMES = ("name", "displayname", "fullname", "rendered", "#text", "@value")
_PARTS_OF_NAMES = (
    ("givenname", "firstname", "first", "given"),
    ("middlename",),
    ("familyname", "lastname", "last", "family"),
)


def _address(name: str, value: object, _: list[str]) -> str:
    """Return a link: a string, the first one in a list, or the one that an object holds."""
    found = inner(next((each for each in value if each), "") if isinstance(value, list) else value)
    if not isinstance(found, str):
        raise UnreadableError(f'"{name}" is {_kind(value)}, not a string')
    if name == "guid" and not found.startswith(("http://", "https://")):
        return ""
    return found


def _id(name: str, value: object, _: list[str]) -> str:
    """Return an explicit id, stripped and in NFC; 4.0 is 4, as pandas writes whole numbers in a column with gaps."""
    found = inner(value)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise UnreadableError(f'"{name}" is {_kind(value)}, not a string or a whole number')
    return unicodedata.normalize("NFC", str(found).strip())


def kept_id(stated: str) -> str:
    """Return the name that an agency has for an item; "" if it is none that can be kept."""
    name = " ".join(stated.split())
    is_plain = len(name) <= MAX_ID and not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    return unicodedata.normalize("NFC", name) if is_plain else ""


def _checked(explicit: str) -> str:
    """Return an id, if it can be told; UnreadableError if it cannot: without it this might pass for another article."""
    if len(explicit) > MAX_ID or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in explicit):
        raise UnreadableError(f'"id" is {explicit[:MAX_ID]!r}; give 1 to {MAX_ID} characters, none a control character')
    return explicit


def _kind(value: object) -> str:
    """Return what JSON calls a value of this type, with its article."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
