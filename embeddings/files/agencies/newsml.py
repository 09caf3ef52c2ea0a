"""NewsML-G2, the IPTC's format for the exchange of news, to drafts: https://iptc.org/std/NewsML-G2/."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from embeddings.dates import parse_published
from embeddings.files.agencies.nitf import nitf
from embeddings.files.credits import credited
from embeddings.files.drafts import Draft, FileEntry, NoArticleError, UnreadableError
from embeddings.files.fields.values import kept_id
from embeddings.files.markup import plain_words
from embeddings.files.usage import as_usable
from embeddings.files.versions import version_of
from embeddings.files.xml_tree import anywhere, line_of, local_name, within, words_of

MESSAGE = "newsMessage"
ITEMS = ("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
"""The root elements of NewsML-G2: a message with items, or one item alone."""

_AS_HTML = {"tr": "p", "inlineXML": "div", "inlineData": "div", "body": "div"}
_LEFT_OUT = ("head", "title", "script", "style")


def newsml(root: Any) -> Iterator[FileEntry]:
    """Yield the article of each item, "#3" is the third; what is no text is counted by its kind in one entry."""
    items = [root] if local_name(root) in ITEMS else [each for group in within(root, "itemSet") for each in group]
    others: Counter[str] = Counter()
    for number, item in enumerate(items, start=1):
        place = "" if item is root else f"#{number}"
        try:
            yield FileEntry(place, _item(item))
        except NoArticleError as error:
            others[error.kind] += 1
        except UnreadableError as error:
            yield FileEntry(place, error)
    if others:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in others.most_common())
        yield FileEntry("", UnreadableError(f"also holds items that are no text: {kinds}"))


def _item(item: Any) -> Draft:
    """Return the article of one item. Raises NoArticleError, which names its kind, if it is no text."""
    metas = within(item, "itemMeta")
    kind = _code(metas, "itemClass")
    if local_name(item) != "newsItem" or (kind and kind != "text"):
        raise NoArticleError("is no text", kind or local_name(item))
    found = _article(item, metas)
    embargoes = [each for meta in metas for each in within(meta, "embargoed")]
    draft = as_usable(found, _code(metas, "pubStatus"), line_of(embargoes) if embargoes else None)
    if not draft.text and not draft.withdrawn:
        remote = [each.get("href", "") for each in anywhere(item, "remoteContent")]
        where = f"; it is said to be in {remote[0][:100]!r}" if remote else ""
        raise UnreadableError(f"holds no text{where}")
    return draft


def _article(item: Any, metas: list[Any]) -> Draft:
    contents = within(item, "contentMeta")
    created, first = (line_of([each for meta in metas for each in within(meta, name)]) for name in _MOMENTS)
    embedded, text = _text(item)
    guid = str(item.get("guid", "")).strip()
    return Draft(
        text=text,
        title=_title(metas, contents) or (embedded.title if embedded else ""),
        published=parse_published(created) or parse_published(first) or (embedded.published if embedded else ""),
        outlet=_outlet(item, metas, contents) or (embedded.outlet if embedded else ""),
        byline=_byline(contents) or (embedded.byline if embedded else ""),
        id=kept_id(guid),
        version=version_of(created or first, "", str(item.get("version", ""))),
    )


_MOMENTS = ("versionCreated", "firstCreated")


def _text(item: Any) -> tuple[Draft | None, str]:
    """Return the first content that holds words, and what it says of itself if that is NITF."""
    for place in (each for content in within(item, "contentSet") for each in content):
        if local_name(place) == "inlineXML":
            if documents := within(place, "nitf"):
                found = nitf(documents[0])
                return found, found.text
            bodies = [body for html in within(place, "html") for body in within(html, "body")]
            words = words_of((bodies or [place])[0], _AS_HTML, _LEFT_OUT)
        else:
            is_plain = local_name(place) == "inlineData" and not place.get("encoding")
            words = plain_words("".join(place.itertext()).strip()) if is_plain else ""
        if words:
            return None, words
    return None, ""


def _code(parents: list[Any], name: str) -> str:
    """Return the end of a child's code, "text" for "ninat:text"; "" if there is none."""
    found = [each for parent in parents for each in within(parent, name)]
    code = next((each.get("qcode") or each.get("uri") or each.get("literal") or "" for each in found), "")
    return str(code).rpartition(":")[2].rpartition("/")[2].strip().lower()


def _title(metas: list[Any], contents: list[Any]) -> str:
    """Return the headline: the main one, else the first, else the item's title."""
    headlines = [each for content in contents for each in within(content, "headline")]
    main = [each for each in headlines if str(each.get("role", "main")).rpartition(":")[2].lower() in _MAIN]
    return line_of(main) or line_of(headlines) or line_of([each for meta in metas for each in within(meta, "title")])


_MAIN = ("main", "hld", "headline", "title")


def _named(elements: list[Any]) -> list[str]:
    """Return the names of people or offices: their own, or as they are written where there is none."""
    names = (line_of(within(each, "name")) or str(each.get("literal", "")).strip() for each in elements)
    return list(dict.fromkeys(filter(None, names)))


def _outlet(item: Any, metas: list[Any], contents: list[Any]) -> str:
    """Return whose item it is: the provider's, else that of its source, else of who holds the rights."""
    places = (
        [each for meta in metas for each in within(meta, "provider")],
        [each for content in contents for each in within(content, "infoSource")],
        within(item, "rightsInfo", "copyrightHolder"),
    )
    return next((names[0] for place in places if (names := _named(place))), "")


def _byline(contents: list[Any]) -> str:
    """Return who wrote it, as its byline says, else the creators' names."""
    stated = [credited(line_of([each])) for content in contents for each in within(content, "by")]
    creators = [each for content in contents for each in within(content, "creator")]
    return ", ".join(dict.fromkeys(filter(None, stated))) or ", ".join(_named(creators))
