"""What a page says of its article in JSON-LD of schema.org."""

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_LD = 1_000_000
"""Characters of JSON-LD that are read; longer is not looked at."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe)\Z")


def main_thing(tree: Any) -> dict[str, Any]:
    """Return what JSON-LD says of the page's article; {} if nothing, or of several and none has the page's title."""
    things = [thing for script in tree.xpath("//script[@type]") for thing in _things_in(script)]
    articles = [thing for thing in things if any(map(_ARTICLE.search, texts(thing.get("@type"))))]
    if not articles:
        return next((thing for thing in things if "@type" not in thing and "datePublished" in thing), {})
    titles = {_folded("".join(each.itertext())) for each in tree.xpath("//h1 | //head/title")}
    titles |= {_folded(each) for each in tree.xpath("//meta[@property='og:title']/@content")}
    named = [thing for thing in articles if titles & {_folded(each) for each in texts(thing.get("headline"))}]
    dates = {str(thing.get("datePublished")) for thing in articles}
    if not named and len(dates) > 1:
        return {}
    by_id = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str)}
    return {name: _referred(value, by_id) for name, value in (named or articles)[0].items()}


def _referred(value: object, by_id: dict[str, dict[str, Any]]) -> object:
    """Return a value of JSON-LD with the things that it only refers to by their ids."""
    if isinstance(value, list):
        return [_referred(each, by_id) for each in value]
    if isinstance(value, dict) and value.keys() == {"@id"} and isinstance(value["@id"], str):
        return by_id.get(value["@id"], value)
    return value


def _things_in(script: Any) -> Iterator[dict[str, Any]]:
    """Yield the things that a script of JSON-LD is about: not those that stand inside of others, such as teasers."""
    content = (script.text or "").strip()
    if "ld+json" not in script.get("type").lower() or len(content) > MAX_LD:
        return
    content = re.sub(r"\A(?:<!--|/\*.*?\*/|//<!\[CDATA\[)\s*|\s*(?:-->|//\]\]>)\Z", "", content)
    try:
        found = json.loads(content.rstrip("; \n"), strict=False)
    except (ValueError, RecursionError):
        return
    for thing in found if isinstance(found, list) else [found]:
        if isinstance(thing, dict):
            graph = thing.get("@graph")
            for each in graph if isinstance(graph, list) else [thing]:
                if isinstance(each, dict):
                    yield each
                    entity = each.get("mainEntity")
                    yield from [entity] if isinstance(entity, dict) else []


def texts(value: object) -> list[str]:
    """Return the strings in a value of JSON-LD."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each]


def people(value: object) -> list[str]:
    """Return the names in a value of JSON-LD, as they are given there."""
    names = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            parts = (each.get(part) for part in ("givenName", "additionalName", "familyName"))
            names += texts(each.get("name")) or [" ".join(part for part in parts if isinstance(part, str))]
        elif isinstance(each, str):
            names.append(each)
    return [name for name in names if name.strip()]


def is_organisation(value: object) -> bool:
    """Return whether a value of JSON-LD is an organisation, such as a publisher that stands as author."""
    return isinstance(value, dict) and any("Organization" in each for each in texts(value.get("@type")))


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
