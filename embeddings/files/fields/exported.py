"""What `pressmark export` writes of an article beside its usual fields, in an object of its own, and reads again."""

from collections.abc import Mapping
from dataclasses import replace

from embeddings.files.decoding import clean_line
from embeddings.files.drafts import Draft
from embeddings.printed_pages import PrintedPage, pages_from_text, pages_to_text
from embeddings.types import Article

KEY = "pressmark"
"""What that object is called: no other program's exports have one."""


def told_of(article: Article) -> dict[str, object]:
    """Return what the object says of an article: its collection, and the printed pages that its parts stand on."""
    pages = [
        {
            "number": page.number,
            "start": page.start,
            "end": page.end,
            **({"doubtful": True} if page.doubtful else {}),
            **({} if page.recognised is None else {"recognised": page.recognised}),
        }
        for page in pages_from_text(article.pages)
    ]
    return {name: value for name, value in (("collection", article.collection), ("pages", pages)) if value}


def with_told(draft: Draft, value: Mapping[str, object]) -> Draft:
    """Return a draft with what the object in `value`, if it has one, says of it; a note tells what makes no sense."""
    told = value.get(KEY)
    if told is None:
        return draft
    given = told if isinstance(told, Mapping) else {}
    collection, pages = given.get("collection", ""), _pages(given.get("pages", []), draft.text)
    if not isinstance(told, Mapping) or not isinstance(collection, str) or pages is None:
        return draft.with_notes((f'without what "{KEY}" says of them: it is nothing that an export writes',))
    draft = replace(draft, collection=clean_line(collection))
    if pages and value.get("text") != draft.text:
        return draft.with_notes(("without their pages: HTML was taken out of the text",))
    return replace(draft, pages=pages_to_text(pages))


def _pages(value: object, text: str) -> list[PrintedPage] | None:
    """Return the pages in a list, each behind the one before; None if it is none."""
    if not isinstance(value, list):
        return None
    pages: list[PrintedPage] = []
    for each in value:
        page = _page(each)
        if page is None or not (pages[-1].end if pages else 0) <= page.start <= page.end <= len(text):
            return None
        pages.append(page)
    return pages


def _page(value: object) -> PrintedPage | None:
    if not isinstance(value, Mapping):
        return None
    number, start, end = (value.get(name) for name in ("number", "start", "end"))
    recognised, doubtful = value.get("recognised"), value.get("doubtful", False)
    if type(number) is not int or type(start) is not int or type(end) is not int or type(doubtful) is not bool:
        return None
    if recognised is not None and (type(recognised) not in (int, float) or not 0 <= recognised <= 1):
        return None
    return PrintedPage(number, start, end, doubtful, recognised) if 1 <= number <= 1_000_000 else None
