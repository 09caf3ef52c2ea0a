"""Which version of an article a record is: when it was changed, and its number."""

import re
from datetime import UTC, datetime

from embeddings.dates import MONTHS, header_date

MODIFIED_NAMES = (
    "modified", "updated", "date_modified", "modified_at", "updated_at", "last_modified", "last_updated",
    "modified_gmt", "post_modified_gmt", "post_modified", "date_updated", "versioncreated", "content_modified",
)  # fmt: skip
"""What exports call the time at which an article was changed last."""

REVISION_NAMES = ("version", "revision", "version_number")
"""What exports call the number of a version."""

_MONTHS = [month[:3] for month in MONTHS]
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*|[0-9]{8}T[0-9]{4}.*")
_HEADER = re.compile(
    rf"(?:[A-Za-z]{{3}},\s*)?([0-9]{{1,2}})\s+({'|'.join(_MONTHS)})\s+([0-9]{{4}})\s+([0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)"
    r"(?:\s+([+-][0-9]{2}):?([0-9]{2})|\s+[A-Z]{1,4})?"
)
_EPOCH = re.compile(r"([0-9]{9,10})(?:[0-9]{3})?(?:\.[0-9]+)?")
_REVISION = re.compile(r"[0-9]{1,9}")


def version_of(published: str, modified: str = "", revision: str = "") -> str:
    """Return what orders the versions of an article: the later of two moments, and a number; "" if a date says it all.

    All three are as the record writes them: `published` alone says no more than a date unless it has a time.
    """
    moments = [moment(published), moment(modified) or header_date(modified)]
    number = f" r{int(revision):09}" if _REVISION.fullmatch(revision) else ""
    said = max(moments)
    return f"{said or header_date(published)}{number}".strip() if said or number else ""


def moment(text: str) -> str:
    """Return the moment that a text states, "2022-10-19T09:00:00" in UTC; "" if it has no time, or is none.

    A time without a zone is one in UTC.
    """
    text = text.strip()
    if match := _EPOCH.fullmatch(text):
        return _written(datetime.fromtimestamp(int(match[1]), tz=UTC))
    if match := _HEADER.fullmatch(text):
        day, month, year, time, hours, minutes = match.groups()
        zone = f"{hours}:{minutes}" if hours else "+00:00"
        text = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{time}{zone}"
    if not _ISO.fullmatch(text):
        return ""
    try:
        found = datetime.fromisoformat(text)
        return _written(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return ""


def _written(when: datetime) -> str:
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
