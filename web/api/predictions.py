"""What questions are answered, as JSON: the answers, what was looked through, how long it took."""

from typing import Annotated, Literal

from pydantic import Field

from web.api.absence import Absence
from web.api.made_with import Made
from web.api.places import ArticleHead, Offset, Place, PrintedPage, Probability, Seen, Words
from web.definitions import Definition


class Sentence(Place):
    """The sentence, or sentences, that hold an answer."""

    text: str
    """The characters of the sentence, as they stand in its article."""


class Attribution(Definition):
    """Whose words an answer is, as its article says."""

    speaker: Words
    """Who is named as speaker: a name, a description, or a pronoun."""

    cue: Words
    """The words that say that somebody speaks, such as “said” or “according to”."""

    kind: Literal["direct", "reported"]
    """Whether the words stand in quotation marks, `direct`, or are told, `reported`."""

    inferred: Words | None
    """The name that a speaker's pronoun stands for, where that is all but sure; the article does not say so."""


class Answer(Seen):
    """A verbatim span that answers the question."""

    text: str
    """The characters of the answer, as they stand in its article."""

    confidence: Probability
    """The probability that it is right."""

    sentence: Sentence
    """The sentence, or sentences, that hold it."""

    supports: list[Seen]
    """Other places where the same words were read as the answer."""

    copies: list[Seen]
    """Places in copies of these articles, which are no sources of their own."""

    attribution: Attribution | None
    """Whose words it is; null where the outlet speaks itself."""


class Passage(Place):
    """A passage that was looked through."""

    rank: Annotated[int, Field(ge=1)]
    """1 for the best."""

    score: float
    """What orders the passages, higher is better, in [0, 1]."""

    text: str
    """The characters of the passage, as they stand in its article."""

    article: ArticleHead
    """The article."""

    page: PrintedPage | None
    """The page that it stands on, if its article has pages."""

    skimmed: bool
    """Whether only the small reader has read it."""


class Timings(Definition):
    """Milliseconds, stage by stage."""

    encode: float
    """Making the question a vector."""

    search: float
    """Finding passages."""

    skim: float
    """Reading them with the small reader."""

    read: float
    """Reading the best with the careful one."""

    total: float
    """All of it."""


class Saying(Definition):
    """One of the things that answers say which differ."""

    text: str
    """It, as the oldest of its articles says it."""

    published: str | None
    """That article's date: since when it is said; null if none of its articles has one."""

    answers: list[Offset]
    """Which of the answers say it, by their places in the list, counted from 0."""

    articles: int
    """How many articles say it, copies among them."""

    families: int
    """How many families these are: an article and its copies are one."""

    shared: int
    """How many of these families say another of the things, too."""


class Prediction(Made):
    """All answers to a question, best first; none if no passage answers it."""

    question: str
    """The question, its white space collapsed."""

    abstained: bool
    """Whether no answer was confident enough."""

    notice: str | None
    """What is amiss, such as too little memory for the careful reader."""

    answers: list[Answer]
    """The answers, most confident first, or by date."""

    differing: list[Saying]
    """What the answers of one kind say that differ, oldest first, as a timeline; none is true by standing here."""

    possible: list[Answer]
    """What else may hold the answer, and is not sure enough to be one."""

    absence: Absence | None
    """What was searched in vain; null if there are answers, or the question was not read, see `notice`."""

    passages: list[Passage]
    """What was looked through, best first; the nearest ones also where there is no answer."""

    timings_ms: Timings
    """How long it took."""


class Predictions(Made):
    """What the questions of a batch were answered, in their order."""

    predictions: list[Prediction]
    """One a question, as it is answered alone."""
