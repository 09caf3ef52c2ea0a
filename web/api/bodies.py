"""What answers look like: the JSON of each operation, as the document tells of it."""

from typing import Annotated, Literal

from pydantic import Field

from web.definitions import Definition

Offset = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Place(Definition):
    """A half-open range of characters in an article's text."""

    start: Offset
    """The first character."""

    end: Offset
    """The one behind the last."""


class ArticleHead(Definition):
    """What an article is called; what is unknown is null."""

    id: str
    """Its name in the archive."""

    title: str
    """Its headline."""

    published: str | None
    """An ISO 8601 date in the precision it came with: 2022-10-19, 2022-10 or 2022."""

    outlet: str | None
    """Who published it."""

    byline: str | None
    """Who wrote it."""

    url: str | None
    """Where it stands, as it came: any text."""

    read_from: str | None
    """The file it was read in."""


class MadeWith(Definition):
    """What an answer came from, so that a finding can be repeated."""

    generation: int
    """The state of the archive: a number that grows with every change."""

    encoder: str
    """What made its vectors."""

    readers: list[str]
    """What read the passages, each with the first digits of its weights' SHA-256."""

    version: str
    """The program's."""


class Made(Definition):
    """An answer that says what it came from."""

    made_with: MadeWith
    """What it came from."""


class Article(ArticleHead, Made):
    """An article with its text."""

    text: str
    """Its only text, in Unicode NFC: every offset is one in it."""


class PrintedPage(Definition):
    """A page of an article that was printed, as a PDF has it."""

    number: int
    """Its number, from 1."""

    doubtful: bool
    """Whether the order of what stands on it is doubtful."""

    recognised: Probability | None
    """If it was read from a picture, how sure the letters are; else null."""


class Sentence(Place):
    """The sentence, or sentences, that hold an answer."""

    text: str
    """Its characters."""


class Seen(Place):
    """A place with its article and the page that shows it there."""

    article: ArticleHead
    """The article."""

    href: str
    """The path of the page that shows the place in its article."""

    link: str
    """That page's whole address."""

    page: PrintedPage | None
    """The page that it stands on, if its article has pages."""

    skimmed: bool
    """Whether only the small reader has read it."""


class Words(Place):
    """Some words of an article."""

    text: str
    """Its characters."""


class Attribution(Definition):
    """Whose words an answer is, as its article says."""

    speaker: Words
    """Who is named as speaker: a name, a description, or a pronoun."""

    cue: Words
    """By which words."""

    kind: Literal["direct", "reported"]
    """In quotation marks, or told."""


class Answer(Seen):
    """A verbatim span that answers the question."""

    text: str
    """Its characters."""

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
    """Its characters."""

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

    answers: list[Offset]
    """Which of the answers say it, counted from 0."""

    articles: int
    """How many articles say it, copies among them."""

    families: int
    """How many of these are no copies of each other."""


class Prediction(Made):
    """All answers to a question, best first; none if no passage answers it."""

    question: str
    """The question, its white space collapsed."""

    abstained: bool
    """Whether no answer was confident enough."""

    notice: str | None
    """What is amiss, such as too little memory for the careful reader."""

    answers: list[Answer]
    """The answers, most confident first."""

    differing: list[Saying]
    """What the answers of one kind say that differ, oldest first; none is true by standing here. Empty if none do."""

    possible: list[Answer]
    """What else may hold the answer, and is not sure enough to be one."""

    passages: list[Passage]
    """What was looked through, best first; the nearest ones also where there is no answer."""

    timings_ms: Timings
    """How long it took."""


class FoundPassage(Place):
    """A passage that the retriever found."""

    rank: Annotated[int, Field(ge=1)]
    """1 for the best."""

    score: float
    """What orders the passages, higher is better, in [0, 1]."""

    vectors: float | None
    """The leg by meaning: a cosine in [-1, 1]; null if it did not propose the passage."""

    keywords: float | None
    """The leg by words: BM25, positive; null if it did not propose the passage."""

    text: str
    """Its characters."""

    article: ArticleHead
    """The article."""

    href: str
    """The path of the page that shows it in its article."""

    link: str
    """That page's whole address."""


class SearchTimings(Definition):
    """Milliseconds, stage by stage."""

    encode: float
    """Making the question a vector."""

    search: float
    """Finding passages."""


class Search(Made):
    """What the retriever found for a question, best first; nothing was read."""

    question: str
    """The question, its white space collapsed."""

    passages: list[FoundPassage]
    """The passages, best first."""

    timings_ms: SearchTimings
    """How long it took."""


class Articles(Made):
    """Articles, newest first, the undated last."""

    articles: list[ArticleHead]
    """Some of them."""

    cursor: str | None
    """What to send for the next ones; null if there are none."""


class Copies(Made):
    """The copies of an article, which say nearly the same."""

    article: str
    """Its id."""

    copies: list[ArticleHead]
    """They, oldest first, a hundred at most."""

    count: Annotated[int, Field(ge=0)]
    """How many there are."""


class OutletCount(Definition):
    """How many articles an outlet has."""

    outlet: str | None
    """Its name; null for the articles of which it is unknown."""

    articles: Annotated[int, Field(ge=1)] | None
    """How many; null where the archive does not count them."""


class Info(Made):
    """What the archive holds, of whom and of when; null is what it does not count."""

    articles: Annotated[int, Field(ge=0)]
    """How many articles."""

    passages: Annotated[int, Field(ge=0)]
    """How many passages these have."""

    outlets: list[OutletCount]
    """Whose they are, the most first."""

    first: str | None
    """The first day covered, 2022-10-19."""

    last: str | None
    """The last one."""

    undated: int | None
    """How many articles have no date."""


class Predictions(Made):
    """What the questions of a batch were answered, in their order."""

    predictions: list[Prediction]
    """One a question, as it is answered alone."""


class UnreadArticle(Definition):
    """An object that was posted and holds no article."""

    place: Offset
    """Which of them, from 0."""

    reason: str
    """What is wrong with it."""


class Posted(Made):
    """What became of the articles that were posted."""

    read: int
    """How many of the objects are articles."""

    added: int
    """How many are new."""

    changed: int
    """How many took the place of an older version."""

    unchanged: int
    """How many were there already."""

    replaced: int
    """How many of those that changed were read elsewhere before."""

    older: int
    """How many are left out, for a newer version is there."""

    unread: list[UnreadArticle]
    """What holds no article."""

    notes: list[str]
    """What else is to be known of them, counted."""

    ids: list[str | None]
    """What each of the objects is found under; null for none. One that says the same may stand for it."""


class Deleted(Made):
    """An article that is gone."""

    deleted: str
    """Its id."""


class Health(Definition):
    """That the server lives, and what it holds; null is what cannot be read just now, or needs a token."""

    status: str
    """"ok"."""

    articles: Annotated[int, Field(ge=0)] | None
    """How many articles there are."""

    passages: Annotated[int, Field(ge=0)] | None
    """How many passages these have."""

    generation: int | None
    """A number that grows with every change of the archive."""

    encoder: str | None
    """What made its vectors."""

    version: str
    """The program's."""


class Ready(Definition):
    """That questions can be asked."""

    status: str
    """"ready"."""


class FieldProblem(Definition):
    """What is wrong with one field."""

    field: str
    """Its name, as it is sent."""

    detail: str
    """What is wrong with it, its value, and the cure."""


class Problem(Definition):
    """What was refused, and why: RFC 9457."""

    type: str
    """"about:blank": the status says what kind of problem it is."""

    title: str
    """The status in words."""

    status: int
    """The status."""

    detail: str | None
    """What is wrong, and the cure."""

    errors: list[FieldProblem]
    """The wrong fields, one by one."""
