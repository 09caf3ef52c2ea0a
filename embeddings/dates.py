"""Publication dates in the precision they came with: "2022-10-19", "2022-10", "2022", or "" if unknown."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

LANGUAGES = ("en", "ru", "de", "fr", "es", "tr", "az", "uk", "it", "pt", "ar")
"""The languages whose month names are understood: few enough that text which is no date is refused quickly."""

MAX_CHARACTERS = 100
"""A longer string is no date."""

FIRST_DAY, LAST_DAY = 0, 99_999_999
"""Bounds of a day written as a number: 2022-10-19 is 20221019."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# 2022, 2022-10, 2022-10-19, 2022/10/19, each whole or followed by a time or a time zone
_ISO = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2})(?:[T ]+[0-9]{1,2}:?[0-9]{2}.*|Z|[+-][0-9:]+)?)?)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T?[0-9]{6}Z?)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:[ ,]+[0-9]{1,2}:[0-9]{2}.*)?")
_EPOCH = re.compile(r"([0-9]{9,10})(?:[0-9]{3})?(?:\.[0-9]+)?")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{2})(?![0-9]).*")
_FILTER = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_SHORT_MONTHS = [month[:3] for month in MONTHS]
_HEADER = re.compile(
    rf"(?:[A-Za-z]{{3}},\s*)?([0-9]{{1,2}})\s+({'|'.join(_SHORT_MONTHS)})\s+([0-9]{{4}})\b.*", re.DOTALL
)

_PLAINER = (
    (re.compile(r"(?<![0-9:./-])[0-9]{1,2} *[-–—] *[0-9]{1,2}(?![0-9:-])"), " "),  # 18-19 October: one of two days
    (re.compile(r"(?<=[0-9]{4})-c[iıuü] il\b"), ""),  # 19 oktyabr 2022-ci il: Azerbaijani for "of the year 2022"
    (re.compile(r"\bmart\b(?!\.)", re.IGNORECASE), "march"),  # dateparser takes it for an Italian Tuesday
)
"""What dateparser gets wrong or does not know, and what it is given for it."""


def parse_published(text: str) -> str:
    """Return the date that a newsroom's `text` gives, in the precision it gives it; "" when it is no date.

    The day is the one written: a time zone never moves it. Seconds or milliseconds since 1970 are a day in UTC. What
    `text` leaves out is left out, so "May 5" is no date; "04/05/2022" may mean April or May, so it is only 2022, and
    "05/06/07" may be of three years, so it is no date.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _existing(*match.groups())
    if match := _DOTTED.fullmatch(text):
        return _existing(*reversed(match.groups()))
    if (match := _SHORT_YEAR.fullmatch(text)) and _existing(f"20{match[1]:0>2}", match[2], match[3]):
        return ""  # the year may stand first or last
    if match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), tz=UTC).date().isoformat()
    return _parse_words(text)


def header_date(text: str) -> str:
    """Return the date in "Wed, 19 Oct 2022 23:30:00 -0500", as RFC 5322 has mails write it, or in any other form."""
    if match := _HEADER.fullmatch(text.strip()):
        return parse_published(f"{match[3]}-{_SHORT_MONTHS.index(match[2]) + 1:02}-{int(match[1]):02}")
    return parse_published(text)


def parse_filter_date(text: str) -> str:
    """Return the date a user filters by, stripped; ValueError unless it is YYYY, YYYY-MM or YYYY-MM-DD and exists."""
    stripped = text.strip()
    if not _FILTER.fullmatch(stripped) or not _existing(*stripped.split("-")):
        raise ValueError(f"{text!r} is not a date; write it as 2022, 2022-10 or 2022-10-19")
    return stripped


def earliest(published: str) -> str:
    """Return the first day that `published` may mean, "YYYY-MM-DD"; "" for ""."""
    return published and published + "-01" * (2 - published.count("-"))


def latest(published: str) -> str:
    """Return the last day that `published` may mean, "YYYY-MM-DD"; "" for ""."""
    if len(published) == len("2022"):
        return f"{published}-12-31"
    if len(published) == len("2022-10"):
        year, month = published.split("-")
        return f"{published}-{monthrange(int(year), int(month))[1]}"
    return published


def day_number(day: str) -> int:
    """Return a day, "2022-10-19", as a number: 20221019."""
    return int(day.replace("-", ""))


def days_between(first: int, last: int, most: int) -> list[int]:
    """Return all days from one to another, both included, as numbers; none if an end is open or there are too many."""
    if first == FIRST_DAY or last == LAST_DAY:
        return []
    begin, end = (date(number // 10_000, number // 100 % 100, number % 100) for number in (first, last))
    if (end - begin).days >= most:
        return []
    days = (begin + timedelta(passed) for passed in range((end - begin).days + 1))
    return [day.year * 10_000 + day.month * 100 + day.day for day in days]


def in_words(published: str) -> str:
    """Return `published` as a person reads it: "19 October 2022", "October 2022", "2022" or ""."""
    year, *rest = published.split("-")
    words = [str(int(rest[1]))] if len(rest) == 2 else []
    words += [MONTHS[int(rest[0]) - 1]] if rest else []
    return " ".join([*words, year])


def _existing(year: str, month: str | None = None, day: str | None = None) -> str:
    """Return the parts as an ISO date of the same precision; "" when no such day exists."""
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return ""
    return whole[: len("2022-10-19") if day else len("2022-10") if month else len("2022")]


def _parse_words(text: str) -> str:
    """Return the date in a text with month names or an open order of day and month; "" when it is no date.

    dateparser fills what a text leaves out from a given day, so the text is read twice, with different days to fill
    from and both orders of day and month. What the two readings share is what the text says.
    """
    if len(text) > MAX_CHARACTERS or not re.search(r"\d", text):
        return ""
    for said, plainer in _PLAINER:
        text = said.sub(plainer, text)
    readings: list[datetime | None] = [parser.get_date_data(text).date_obj for parser in _parsers()]
    first, second = readings
    if first is None or second is None or first.year != second.year:
        return ""
    if first.month != second.month:
        return f"{first.year:04}"
    return first.date().isoformat()[: len("2022-10-19") if first.day == second.day else len("2022-10")]


@cache
def _parsers() -> tuple[Any, Any]:
    """Return two dateparser parsers that agree only on what stands in the text. Slow the first time."""
    from dateparser.date import DateDataParser

    def parser(order: str, fill: datetime) -> Any:
        settings = {
            "PARSERS": ["absolute-time"],  # no "yesterday", no "3 days ago"
            "REQUIRE_PARTS": ["year"],
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "RELATIVE_BASE": fill,
        }
        return DateDataParser(languages=list(LANGUAGES), settings=settings)

    return parser("DMY", datetime(2001, 3, 5)), parser("MDY", datetime(2012, 11, 20))
