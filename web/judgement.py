"""What may be said of an answer, by the form below it and in the endpoint's JSON."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from qa.feedback import LONGEST, MOST_NAMED, Verdict
from qa.limits import MAX_QUESTION, check_question
from web.asked import EXAMPLE
from web.definitions import Definition
from web.fields import Day, LastDay, Names, known

UNDO = "undo"
"""The verdict that takes one back, on the page."""

LARGEST = 10**15 - 1
"""The largest number that is read."""


def _number(value: object, info: ValidationInfo) -> object:
    """Return a number, checked; what is neither one nor one in a form pydantic says."""
    if known(info).in_address:
        text = str(value).strip()
        if not re.fullmatch("[0-9]{1,15}", text):
            raise ValueError(f"{text[:40]!r} is no whole number; say it below an answer of the page, asked again")
        return int(text)
    if type(value) is int and not 0 <= value <= LARGEST:
        raise ValueError(f"{info.field_name} is {str(value)[:40]}; send a whole number from 0, as it was answered")
    return value


def _verdict(value: str) -> str:
    if value not in {*Verdict}:
        raise ValueError(f"{value[:40]!r} is no verdict; send {', '.join(Verdict)}")
    return value


def _verdict_or_undo(value: str) -> str:
    if value not in {*Verdict, UNDO}:
        raise ValueError(f"{value[:40]!r} is no verdict; send {', '.join(Verdict)} or {UNDO}")
    return value


def _words(value: str) -> str:
    if not value:
        raise ValueError("text is empty; send the words of the answer, as it was answered")
    return value


def _few(names: list[str] | None, info: ValidationInfo) -> list[str] | None:
    if sum(map(len, names or ())) > MOST_NAMED:
        raise ValueError(f"{info.field_name} has more than {MOST_NAMED:,} characters, the most that are kept")
    return names


Number = Annotated[int, BeforeValidator(_number), Field(json_schema_extra={"minimum": 0, "maximum": LARGEST})]
Few = Annotated[Names, AfterValidator(_few)]


class Judged(Definition):
    """Which answer something is said of, and what it was asked with."""

    question: Annotated[str, AfterValidator(check_question)] = Field(
        examples=[EXAMPLE], json_schema_extra={"minLength": 1, "maxLength": MAX_QUESTION}
    )
    """The question that it answers."""

    article: str = Field(examples=["004_802d376f4d3385fe"])
    """The id of the article that the answer stands in."""

    start: Number = Field(examples=[197])
    """Where the answer starts in the article's text: the offset of its first character."""

    end: Number = Field(examples=[224])
    """Where the answer ends in the article's text: the offset of the character behind its last."""

    generation: Number = Field(examples=[1])
    """The state of the archive that was asked, as `made_with` says."""

    published_from: Day = Field(None, alias="from", examples=["2022-10"])
    """The first day of the filter that was asked with."""

    published_to: LastDay = Field(None, alias="to", examples=["2022-12-31"])
    """The last day of that filter."""

    outlet: Few = Field(None, examples=["Azernews"])
    """The outlets of that filter."""


class Judgement(Judged):
    """What is said of an answer on the page, and which one is meant."""

    hash: str
    """Of its words, as in links."""

    verdict: Annotated[str, AfterValidator(_verdict_or_undo)] = Field(examples=[Verdict.RIGHT.value])
    """What is said."""


class GivenFeedback(Judged):
    """What is said of an answer, and which one is meant, as it was answered."""

    text: Annotated[str, AfterValidator(_words)] = Field(
        examples=["memorandum of understanding"], json_schema_extra={"minLength": 1, "maxLength": LONGEST}
    )
    """The characters of the answer, as it was answered."""

    verdict: Annotated[str, AfterValidator(_verdict)] = Field(
        examples=[Verdict.RIGHT.value], json_schema_extra={"enum": [each.value for each in Verdict]}
    )
    """right; wrong-words: the article answers it by other words; wrong-article; nothing: it should have abstained."""

    within: Few = Field(None, examples=["004_802d376f4d3385fe"])
    """The articles that it was asked within, as `article` said."""
