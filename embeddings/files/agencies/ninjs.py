"""ninjs, the IPTC's news in JSON, versions 1 and 2, to drafts: https://iptc.org/standards/ninjs/."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from embeddings.dates import parse_published
from embeddings.files.credits import credited
from embeddings.files.drafts import Draft, NoArticleError, UnreadableError
from embeddings.files.fields.objects import holds_text
from embeddings.files.fields.values import kept_id
from embeddings.files.markup import plain_words
from embeddings.files.usage import as_usable
from embeddings.files.versions import version_of

_BODIES = ("body_html", "body_xhtml", "body_text")
_SHORTER = ("description_text", "description_html", "description_xhtml")
_MAIN, _RICH = ("main", ""), ("richtext", "html", "xhtml", "full", "body")
_NO_HEADLINES = ("slug", "seo", "social", "short", "subheadline", "kicker")


def is_ninjs(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return whether an object says by its fields that it is one of these items."""
    if not isinstance(value, Mapping):
        return False
    standard = value.get("standard")
    if isinstance(standard, Mapping) and str(standard.get("name", "")).lower() == "ninjs":
        return True
    return isinstance(value.get("uri"), str) and ("pubstatus" in value or "versioncreated" in value)


def within(value: object) -> Mapping[str, Any] | None:
    """Return the item that a value is, or that an object wraps beside others that are none; None if there is none."""
    if is_ninjs(value):
        return value
    if not isinstance(value, Mapping) or holds_text(value):
        return None
    found = [each for each in value.values() if is_ninjs(each)]
    return found[0] if len(found) == 1 else None


def ninjs(value: Mapping[str, Any]) -> Draft:
    """Return the article in an item. Raises NoArticleError if it is no text, UnreadableError if it holds none."""
    kind = _string(value, "type") or "text"
    if kind.lower() not in ("text", "article"):
        raise NoArticleError(f"is an item of the type {kind[:40]!r}, not a text", kind[:40])
    embargo = value.get("embargoed")
    draft = as_usable(_article(value), _string(value, "pubstatus"), None if embargo is None else str(embargo))
    if not draft.text and not draft.withdrawn:
        raise UnreadableError("holds no text")
    return draft


def _article(value: Mapping[str, Any]) -> Draft:
    created, first = _string(value, "versioncreated"), _string(value, "firstcreated")
    text, notes = _text(value)
    name, revision = _string(value, "uri"), value.get("version")
    return Draft(
        text=text,
        title=_title(value),
        published=parse_published(created)
        or parse_published(first)
        or parse_published(_string(value, "contentcreated")),
        outlet=_outlet(value),
        byline=_byline(value),
        url=_string(value, "url"),
        id=kept_id(name),
        notes=notes,
        version=version_of(created or first, "", str(revision) if isinstance(revision, str | int) else ""),
    )


def _string(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found.strip() if isinstance(found, str) else ""


def _listed(value: Mapping[str, Any], *names: str) -> list[Mapping[str, Any]]:
    """Return the objects in the lists of these names."""
    lists = [value.get(name) for name in names]
    return [each for found in lists if isinstance(found, list) for each in found if isinstance(each, Mapping)]


def _by_role(entries: Sequence[Mapping[str, Any]], *preferred: Sequence[str]) -> list[str]:
    """Return the values of entries in the order of their roles: those preferred first, each in its own order."""
    roles = [str(each.get("role") or "").rpartition(":")[2].lower() for each in entries]
    ranks = [next((n for n, some in enumerate(preferred) if role in some), len(preferred)) for role in roles]
    ordered = sorted(zip(ranks, range(len(entries)), strict=True))
    return [value for _, place in ordered if (value := _string(entries[place], "value"))]


def _text(value: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the words of an item: of its main body, else of what is said about it, and a note of that then."""
    bodies = [_string(value, name) for name in _BODIES] + _by_role(_listed(value, "bodies"), _MAIN, _RICH)
    if found := next(filter(None, map(plain_words, filter(None, bodies))), ""):
        return found, ()
    shorter = [_string(value, name) for name in _SHORTER] + _by_role(
        _listed(value, "descriptions"), _MAIN, ("summary",)
    )
    found = next(filter(None, map(plain_words, filter(None, shorter))), "")
    return found, ('with "description" in place of a text, which is missing',) if found else ()


def _title(value: Mapping[str, Any]) -> str:
    entries = [each for each in _listed(value, "headlines") if str(each.get("role", "")).lower() not in _NO_HEADLINES]
    titles = [_string(value, "headline"), *_by_role(entries, _MAIN), _string(value, "title"), _string(value, "name")]
    return plain_words(next(filter(None, titles), ""))


def _outlet(value: Mapping[str, Any]) -> str:
    """Return whose item it is: of those that it came from the provider, else the first, else who holds the rights."""
    sources = _listed(value, "infosource", "infosources")
    providers = [each for each in sources if "provider" in (each.get("rel"), each.get("role"))]
    names = [_string(each, "name") for each in [*providers, *sources]]
    others = [_string(value, name) for name in ("source", "provider", "copyrightholder")]
    return plain_words(next(filter(None, [*names, *others]), ""))


def _byline(value: Mapping[str, Any]) -> str:
    """Return who wrote it, as its byline says, else the names of its authors."""
    stated = _string(value, "byline") or _string(value, "by")
    if stated:
        return credited(plain_words(stated))
    people = _listed(value, "authors", "person", "people")
    writers = [each for each in people if str(each.get("rel") or each.get("role") or "").lower() in _WRITERS]
    return ", ".join(dict.fromkeys(filter(None, (_string(each, "name") for each in writers))))


_WRITERS = ("author", "writer", "byline", "creator", "reporter", "correspondent")
