"""Publication dates in the precision they came with: "2022-10-19", "2022-10", "2022", or "" if unknown."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from embeddings.date_words import folded, months, skipped, weekdays

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
_MONTH = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])")
_EXIF = re.compile(r"([0-9]{4}):([0-9]{2}):([0-9]{2})(?: [0-9]{2}:[0-9]{2}:[0-9]{2}.*)?")
_COMPACT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:(?:T?[0-9]{6}(?:[.,][0-9]+)?|[Tt][0-9]{2,4})?(?:[Zz]|[+-][0-9:']+)?)?"
)
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:[ ,]+[0-9]{1,2}:[0-9]{2}.*)?")
_EPOCH = re.compile(r"([0-9]{9,10})(?:[0-9]{3})?(?:\.[0-9]+)?")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{2})(?![0-9]).*")
_FILTER = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_SHORT_MONTHS = [month[:3] for month in MONTHS]
_HEADER = re.compile(
    rf"(?:[A-Za-z]{{3}},\s*)?([0-9]{{1,2}})\s+({'|'.join(_SHORT_MONTHS)})\s+([0-9]{{4}})\b.*", re.DOTALL
)

_DAYS = re.compile(r"(?<![0-9:./-])[0-9]{1,2} *[-–—] *[0-9]{1,2}(?![0-9:-])")  # 18-19 October: one of two days
_NOT_DAYS = re.compile(
    r"\([^()]*\)"  # (GMT+05:30)
    r"|(?<![0-9.:/-])[0-9]{1,2}(?:[:h][0-9]{2}){1,2}(?:[.,][0-9]+)?"  # 10:30, 14h30, 10:30:00.000
    r"|(?<![0-9.:/-])(?:[01]?[0-9]|2[0-3])\.[0-5][0-9](?![0-9.])"  # 10.30
    r"|(?<![0-9.:/-])[0-9]{1,2} ?(?:[ap]\.? ?m\b\.?|uhr\b|h\b)"  # 5 p.m.
    r"|(?:(?<=\s)|(?<=gmt)|(?<=utc))[+-][0-9]{1,2}(?::?[0-9]{2})?(?!\S)"  # +0400
    r"|(?<=[0-9]{4})-?(?:ci|cı|cu|cü)\b"  # 2022-ci il: Azerbaijani for "of the year 2022"
    r"|\bq[1-4]\b"
)
_NUMERIC = re.compile(r"([0-9]{1,4})([./-])(?:([0-9]{1,2})[./-])?([0-9]{2}|[0-9]{4})")
_NUMBER = re.compile(r"([0-9]{1,4})(?:st|nd|rd|th|er|re|o|a|°|-?(?:е|го|ое|и)|г)?")
_HYPHENED = re.compile(r"(?<=[^\W\d_])-([0-9]{1,2})-(?=[0-9])")  # Nov-04-2021
_BETWEEN = re.compile(r"[\s,;|•·–—،]+|(?<=[0-9])-(?=[^\W\d_])|(?<=[^\W\d_])-(?=\w)")


def parse_published(text: str) -> str:
    """Return the date that a newsroom's `text` gives, in the precision it gives it; "" when it is no date.

    The day is the one written: a time zone never moves it. Seconds or milliseconds since 1970 are a day in UTC. What
    `text` leaves out is left out, so "May 5" is no date; "04/05/2022" may mean April or May, so it is only 2022, and
    "05/06/07" may be of three years, so it is no date.
    """
    text = text.strip().removeprefix("D:")  # as PDF files have it
    if match := _MONTH.fullmatch(text):
        return _existing(*match.groups())
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _EXIF.fullmatch(text):
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
        raise ValueError(f"{text[:40]!r} is not a date; write it as 2022, 2022-10 or 2022-10-19")
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

    Every word must be known: of one that is not, nobody knows what it makes of the numbers beside it.
    """
    if len(text) > MAX_CHARACTERS or not re.search(r"\d", text):
        return ""
    plain = _NOT_DAYS.sub(" ", _DAYS.sub(" ", _HYPHENED.sub(r" \1 ", folded(text))))
    words = [word.strip(".'\"-") for word in _BETWEEN.split(plain)]
    numeric = [match for word in words if (match := _NUMERIC.fullmatch(word))]
    numbers = [match[1] for word in words if (match := _NUMBER.fullmatch(word))]
    names = [word.replace(".", "") for word in words if word and not word[0].isdigit() and not _is_numeric(word)]
    if any(name not in months() and name not in skipped() for name in names):
        return ""
    if len(numeric) + len(numbers) + len(names) < len(list(filter(None, words))):
        return ""  # a number that is none of a date
    named = [name for name in names if name in months()]
    if len(named) > 1:  # "mar" is a Tuesday too
        named = [name for name in named if name not in weekdays()] or named[:1]
    if len(numeric) == 1 and not named and not numbers:
        return _numeric_date(numeric[0])
    return "" if numeric or len(named) > 1 else _worded_date(numbers, named, hyphened="-" in text)


def _is_numeric(word: str) -> bool:
    return _NUMERIC.fullmatch(word) is not None


def _worded_date(numbers: list[str], named: list[str], *, hyphened: bool) -> str:
    """Return the date of at most one day and one year in any order, and at most one month."""
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) < 3]
    if named and not years and len(days) == 2 and len(numbers) == 2 and (not hyphened or int(days[0]) <= int(days[1])):
        years = [_century(days.pop())]  # 19 Oct 22; "21-Nov-04" may begin with its year
    if len(years) != 1 or len(days) > 1 or len(numbers) > 2 or (days and not named):
        return ""
    return _existing(years[0], str(months()[named[0]]) if named else None, days[0] if days else None)


def _numeric_date(match: re.Match[str]) -> str:
    """Return the date in numbers only: with dots the day stands first, else it may be the month."""
    first, dot, middle, last = match.groups()
    if middle is None:
        year, month = (first, last) if len(first) == 4 else (last, first)
        return _existing(year, month) if len(year) == 4 and len(month) < 3 else ""
    if len(first) == 4:
        return _existing(first, middle, last) if len(last) == 2 else ""
    year = last if len(last) == 4 else _century(last)
    if len(first) > 2:
        return ""
    if dot == "." or int(first) > 12 or first == middle:
        return _existing(year, middle, first)
    return _existing(year, first, middle) if int(middle) > 12 else _existing(year)


def _century(year: str) -> str:
    """Return a year of two digits in full, from 1969 to 2068, as POSIX has it."""
    return str(int(year) + (1900 if int(year) > 68 else 2000))
