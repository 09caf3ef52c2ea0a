import json
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from embeddings.dates import earliest, in_words, latest, parse_filter_date, parse_published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("2022-10-19", "2022-10-19"),
        (" 2022-10 ", "2022-10"),
        ("2022", "2022"),
        ("2022/10/19", "2022-10-19"),
        ("2022-1-5", "2022-01-05"),
        ("20221019", "2022-10-19"),
        ("20221019T233000Z", "2022-10-19"),
        ("2022-10-19T23:30:00.123Z", "2022-10-19"),
        ("2022-10-19 23:30", "2022-10-19"),
        ("14 May 2025 19:22 (UTC+04:00)", "2025-05-14"),
        ("October 19, 2022", "2022-10-19"),
        ("Wednesday, October 19, 2022 at 5:30 p.m. EDT", "2022-10-19"),
        ("19.10.2022", "2022-10-19"),
        ("04.05.2022 12:30", "2022-05-04"),
        ("10/19/2022", "2022-10-19"),
        ("Oct. 2022", "2022-10"),
        ("October 2022 12:30", "2022-10"),
        ("1666137600", "2022-10-19"),
        ("1666137600000", "2022-10-19"),
        ("1666137600.5", "2022-10-19"),
    ],
)
def test_parse_published_keeps_the_precision_given(text: str, published: str) -> None:
    assert parse_published(text) == published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("2022-10-19T23:30:00-05:00", "2022-10-19"),
        ("2022-10-19T00:30:00+14:00", "2022-10-19"),
        ("Wed, 19 Oct 2022 23:30:00 -0500", "2022-10-19"),
        ("Wed, 19 Oct 2022 00:30:00 GMT", "2022-10-19"),
    ],
)
def test_parse_published_never_shifts_the_day_by_a_time_zone(text: str, published: str) -> None:
    assert parse_published(text) == published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("19 октября 2022 г.", "2022-10-19"),
        ("октябрь 2022", "2022-10"),
        ("1er mai 2020", "2020-05-01"),
        ("19. Oktober 2022", "2022-10-19"),
        ("19 de octubre de 2022", "2022-10-19"),
        ("19 Ekim 2022", "2022-10-19"),
        ("19 oktyabr 2022", "2022-10-19"),
        ("19 أكتوبر 2022", "2022-10-19"),
    ],
)
def test_parse_published_in_other_languages(text: str, published: str) -> None:
    assert parse_published(text) == published


ENGLISH = (
    "2022-10-19", "2022/10/19", "2022.10.19", "20221019", "19.10.2022", "19-10-2022", "19/10/2022", "10/19/2022",
    "19 October 2022", "19 Oct 2022", "19-Oct-2022", "19 OCTOBER 2022", "October 19, 2022", "October 19 2022",
    "Oct 19, 2022", "Oct. 19, 2022", "Oct 19th, 2022", "19th October 2022", "the 19th of October 2022",
    "19th of October, 2022", "Wednesday, October 19, 2022", "Wednesday 19 October 2022", "Wed Oct 19 10:00:00 2022",
    "Wed, 19 Oct 2022 10:00:00 +0400", "Wed, 19 Oct 22 10:00 GMT", "Wed Oct 19 10:00:00 UTC 2022", "2022 October 19",
    "2022, October 19", "2022 Oct 19", "2022-10-19T10:00:00+04:00", "2022-10-19 10:00:00.000000", "19.10.22",
    "October 19, 2022 10:00 AM", "October 19, 2022, 10:00 p.m. ET", "19 October 2022, 10:00 (GMT+4)", "10/19/22",
    "10.30 19 October 2022", "10:30, 19 October 2022", "19 October 2022 14h30", "19.10.2022, 09:15",
    "19 October 2022 10:00 -04", "19\u00a0October\u00a02022",
)  # fmt: skip
RUSSIAN = (
    "19 октября 2022", "19 октября 2022 года", "19 октября 2022 г.", "19 Октября 2022, 10:00", "19 окт 2022",
    "19 окт. 2022", "среда, 19 октября 2022", "среда, 19 октября 2022 г., 10:00", "19 октябрь 2022",
    "10:00, 19 октября 2022", "19.10.2022 в 10:00", "19.10.2022 г.",
)  # fmt: skip
AZERBAIJANI = (
    "19 oktyabr 2022", "19 Oktyabr 2022", "19 OKTYABR 2022", "19 okt 2022", "19 oktyabr, 2022", "19 Okt 2022 10:00",
    "10:00, 19 oktyabr 2022", "Çərşənbə, 19 oktyabr 2022", "19 oktyabr 2022-ci il", "2022-ci il 19 oktyabr",
)  # fmt: skip
ARABIC = (
    "19 أكتوبر 2022", "19 اكتوبر 2022", "19 أكتوبر، 2022", "١٩ أكتوبر ٢٠٢٢", "الأربعاء 19 أكتوبر 2022",
    "الأربعاء، 19 أكتوبر 2022", "١٩/١٠/٢٠٢٢", "\u200f19 أكتوبر 2022",
)  # fmt: skip


@pytest.mark.parametrize("text", [*ENGLISH, *RUSSIAN, *AZERBAIJANI, *ARABIC])
def test_parse_published_understands_a_day_as_newsrooms_write_it(text: str) -> None:
    assert parse_published(text) == "2022-10-19"


MONTHS_OF = {
    "English": "January February March April May June July August September October November December",
    "Russian": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "Azerbaijani": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "Arabic": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "Turkish": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}


@pytest.mark.parametrize("day", [4, 25])
@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("language", MONTHS_OF)
def test_parse_published_knows_every_month(language: str, month: int, day: int) -> None:
    name = MONTHS_OF[language].split()[month - 1]
    assert parse_published(f"{day} {name} 2022") == f"2022-{month:02}-{day:02}"
    assert parse_published(f"{name} 2022") == f"2022-{month:02}"


@pytest.mark.parametrize(
    "text",
    [
        "19 تشرين الأول 2022",  # the Levant's months
        "23 ربيع الأول 1444",  # the Islamic calendar
        "19 октјабр 2022",  # Azerbaijani in Cyrillic
        "2022-ci ilin 19 oktyabrı",
        "Опубликовано 19 октября 2022",
        "в октябре 2022 года",
        "19 Foo 2022",
        "week 42, 2022",
        "March 2022 to May 2022",
        "30 September – 2 October 2022",
        "1/2 March 2022",
        "3 и 4 марта 2022",
        "5 May 2022 1430",
        "October 32, 2022",
        "October 19, 20222",
    ],
)
def test_parse_published_of_what_is_not_understood_is_unknown(text: str) -> None:
    assert parse_published(text) == ""


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("18-19 October 2022", "2022-10"),
        ("October 18–19, 2022", "2022-10"),
        ("18—19 октября 2022", "2022-10"),
        ("19-20.10.2022", "2022-10"),
        ("٠٤/٠٥/٢٠٢٢", "2022"),
        ("1-2-2022", "2022"),
        ("Q3 2022", "2022"),
    ],
)
def test_parse_published_of_two_days_is_what_they_share(text: str, published: str) -> None:
    assert parse_published(text) == published


@pytest.mark.parametrize("text", ["05/06/07", "22/10/19", "22-10-19", "19/10/22 10:00"])
def test_parse_published_of_a_year_that_may_stand_first_or_last_is_unknown(text: str) -> None:
    assert parse_published(text) == ""


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("0000-12-31", ""),
        ("19 October 0000", ""),
        ("0001-01-01", "0001-01-01"),
        ("1 January 0001", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("31 December 9999", "9999-12-31"),
        ("10000-01-01", ""),
        ("2099-01-01", "2099-01-01"),
        ("19 October 2040", "2040-10-19"),
    ],
)
def test_parse_published_of_the_first_the_last_and_a_coming_year(text: str, published: str) -> None:
    assert parse_published(text) == published


@pytest.mark.parametrize(("text", "published"), [("04/05/2022", "2022"), ("05/05/2022", "2022-05-05")])
def test_parse_published_leaves_out_what_the_order_of_day_and_month_decides(text: str, published: str) -> None:
    assert parse_published(text) == published


@pytest.mark.parametrize(
    "text",
    ["", " ", "yesterday", "3 days ago", "now", "today 2022", "Monday", "May 5", "October", "12:30", "3", "spring"],
)
def test_parse_published_invents_nothing(text: str) -> None:
    assert parse_published(text) == ""


@pytest.mark.parametrize(
    "text",
    ["2022-02-30", "2022-13", "2022-00-00", "0000", "0000-01-01", "30 February 2022", "31.06.2022", "20221399"],
)
def test_parse_published_of_a_date_that_does_not_exist_is_unknown(text: str) -> None:
    assert parse_published(text) == ""


@pytest.mark.parametrize("text", ["2022-W42", "2022-10-19/2022-10-20", "123", "99999999999", "1" * 5000, "May 5 " * 99])
def test_parse_published_of_other_numbers_is_unknown(text: str) -> None:
    assert parse_published(text) == ""


@given(st.text(max_size=120) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. :][0-9]{1,4}", fullmatch=True))
def test_parse_published_of_anything_is_a_date_or_unknown(text: str) -> None:
    published = parse_published(text)
    assert published == "" or parse_filter_date(published) == published


@pytest.mark.parametrize(
    ("published", "first", "last"),
    [
        ("2022-10-19", "2022-10-19", "2022-10-19"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022-12", "2022-12-01", "2022-12-31"),
        ("2022", "2022-01-01", "2022-12-31"),
        ("", "", ""),
    ],
)
def test_earliest_and_latest(published: str, first: str, last: str) -> None:
    assert (earliest(published), latest(published)) == (first, last)


@pytest.mark.parametrize("text", ["2022", "2022-10", "2022-10-19", "2024-02-29"])
def test_parse_filter_date_keeps_a_date(text: str) -> None:
    assert parse_filter_date(f" {text}\n") == text


@pytest.mark.parametrize(
    "text",
    ["2022-13-01", "2022-02-30", "2023-02-29", "0000", "2022-1-5", "22", "yesterday", "", "2022-10-19T12:00", "٢٠٢٢"],
)
def test_parse_filter_date_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=f"^'{text}' is not a date; write it as 2022, 2022-10 or 2022-10-19$"):
        parse_filter_date(text)


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2022-10-19", "19 October 2022"),
        ("2022-01-05", "5 January 2022"),
        ("2022-10", "October 2022"),
        ("2022", "2022"),
    ],
)
def test_in_words(published: str, words: str) -> None:
    assert in_words(published) == words


def test_in_words_of_an_unknown_date_is_empty() -> None:
    assert in_words("") == ""


CASES = Path(__file__).parent / "cases" / "B01"


@pytest.mark.parametrize(("text", "right"), json.loads((CASES / "expected.json").read_text()))
def test_date_of_a_case(text: str, right: str | list[str]) -> None:
    assert parse_published(text) in (right if isinstance(right, list) else [right])


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("4 set 2022", "2022-09-04"),
        ("12 set 2022", "2022-09-12"),
        ("mar, 20 set 2016 09:39:59 CET", "2016-09-20"),
        ("5 set. 2022", "2022-09-05"),
        ("7 de set. de 2022", "2022-09-07"),
        ("6 set 2022, 10:30", "2022-09-06"),
        ("21-Nov-04", ""),
        ("4 sett 2022", ""),
        ("4 xyz 2022 May", ""),
        ("5 de ago. de 2022", "2022-08-05"),
        ("AĞUSTOS 2022", "2022-08"),
        ("31 Aralık 2022 Cumartesi", "2022-12-31"),
        ("3 fevr. 2022", "2022-02-03"),
        ("25/12/99", "1999-12-25"),
    ],
)
def test_no_word_makes_a_month_of_a_day(text: str, published: str) -> None:
    assert parse_published(text) == published


LANGUAGES = ("en", "ru", "de", "fr", "es", "tr", "az", "uk", "it", "pt", "ar")
FORMS = (
    "4 {month} 2022", "{month} 4, 2022", "{day}, 4 {month} 2022", "{short} 4 {month} 2022 10:30",
    "4 {month} 2022 09:39:59 CET", "{day} 4 {month} 2022, 10:30 +0200",
)  # fmt: skip


def cldr_names() -> list[tuple[str, int, str, str, str]]:
    """Return every name and abbreviation of a month in the languages, with two weekdays: language, number, names."""
    names = []
    for language in LANGUAGES:
        locale = Locale.parse(language)
        days = locale.days["format"]
        for context in locale.months:
            for width in ("wide", "abbreviated"):
                for number, name in dict(locale.months[context].get(width, {})).items():
                    names.append((language, number, name, days["wide"][2], days["abbreviated"][1]))
    return sorted(set(names))


@pytest.mark.parametrize(("language", "number", "name", "day", "short"), cldr_names())
def test_every_month_of_the_languages_as_cldr_names_it(
    language: str, number: int, name: str, day: str, short: str
) -> None:
    read = {parse_published(form.format(month=name, day=day, short=short)) for form in FORMS}
    assert read == {f"2022-{number:02}-04"}
    assert parse_published(f"{name} 2022") == f"2022-{number:02}"
