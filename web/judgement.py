"""What is said of an answer below it: which one is meant, and whether it is right."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from qa.feedback import Verdict
from qa.limits import check_question
from web.definitions import Definition
from web.fields import Day, LastDay, Names

UNDO = "undo"
"""The verdict that takes one back."""


def _number(value: object) -> int:
    text = str(value).strip()
    if not re.fullmatch("[0-9]{1,15}", text):
        raise ValueError(f"{text[:40]!r} is no whole number; say it below an answer of the page, asked again")
    return int(text)


def _verdict(value: str) -> str:
    if value not in {*Verdict, UNDO}:
        raise ValueError(f"{value[:40]!r} is no verdict; send {', '.join(Verdict)} or {UNDO}")
    return value


class Judgement(Definition):
    """What is said of an answer on the page, and which one is meant."""

    question: Annotated[str, AfterValidator(check_question)]
    """The question that it answers."""

    article: str
    """Its article's id."""

    start: Annotated[int, BeforeValidator(_number)]
    """Its first character."""

    end: Annotated[int, BeforeValidator(_number)]
    """The one behind its last."""

    hash: str
    """Of its words, as in links."""

    generation: Annotated[int, BeforeValidator(_number)]
    """The state of the archive that was asked."""

    verdict: Annotated[str, AfterValidator(_verdict)] = Field(examples=[Verdict.RIGHT.value])
    """What is said."""

    published_from: Day = Field(None, alias="from")
    """The filter's first day."""

    published_to: LastDay = Field(None, alias="to")
    """Its last."""

    outlet: Names = None
    """Its outlets."""
