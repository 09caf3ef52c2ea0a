"""Whether an agency's item may be used: what its status and its embargo say, in NITF, NewsML-G2 and ninjs."""

from dataclasses import replace

from embeddings.dates import parse_published
from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.versions import moment

_WITHDRAWN = {
    **dict.fromkeys(("canceled", "cancelled", "killed", "recalled", "retracted", "withdrawn", "deleted"), "withdrawn"),
    **dict.fromkeys(("unpublished", "spiked"), "withdrawn"),
    "withheld": "withheld",
}
"""What agencies call an item that must not be used any more, nor its earlier versions, and one not for now."""


def as_usable(draft: Draft, status: str, embargo: str | None) -> Draft:
    """Return an item with what its status and its embargo mean for it.

    `embargo` is the time before which it may not be shown, "" for one without an end, None for none.

    Raises:
        UnreadableError: if nobody can tell when it may be shown.
    """
    stated = status.rpartition(":")[2].rpartition("/")[2].strip().lower()
    if stated in _WITHDRAWN:
        return replace(draft, withdrawn=_reason(_WITHDRAWN[stated], draft))
    if embargo is None and stated != "embargoed":
        return draft
    return replace(draft, embargo=_end(embargo or ""))


def _reason(what: str, draft: Draft) -> str:
    """Return why an item is not stored."""
    if draft.id or draft.url:
        return f"is {what} by its newsroom: it is not stored, and earlier versions of it are not shown any more"
    return f"is {what} by its newsroom, and does not say which article it means; remove that by its id, if it is there"


def _end(embargo: str) -> str:
    """Return the moment at which an embargo ends, in UTC."""
    if found := moment(embargo):
        return found
    day = parse_published(embargo)
    if len(day) < len("2022-10-19"):
        until = f"until {embargo[:40]!r}, which is not understood" if embargo else "without an end"
        raise UnreadableError(f"is embargoed {until}: it is not stored; index it again when it may be shown")
    return f"{day}T00:00:00"
