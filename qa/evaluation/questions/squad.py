"""Read question sets in the official SQuAD format, v1.1 and v2.0."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from embeddings.types import Article
from qa.evaluation.questions.records import Record, check_unique, read_json, shown
from qa.metrics import Rules


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question about one paragraph. `answers`: the accepted texts, in the order of the file, none if unanswerable."""

    id: str
    question: str
    paragraph: Article
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SquadSet:
    """A question set. `name` is the file's name, `version` what the file says of itself, "" if nothing.

    A paragraph's id is "title#n", n from 0 within the title, without white space; its text is the file's, not in NFC:
    the set's own script compares with that. `notes` say, a sentence each, what a figure over this set does not cover.
    """

    name: str
    version: str
    paragraphs: tuple[Article, ...]
    questions: tuple[SquadQuestion, ...]
    notes: tuple[str, ...] = ()

    @property
    def rules(self) -> Rules:
        """The official script that scores it: v1.1's for a file that says v1 and has no unanswerable question."""
        every_answered = all(question.answers for question in self.questions)
        return Rules.V1 if self.version.lstrip("v").startswith("1") and every_answered else Rules.V2

    @property
    def golds(self) -> dict[str, tuple[str, ...]]:
        """The accepted texts by question id, in the order of the file."""
        return {question.id: question.answers for question in self.questions}


def read_squad(path: Path) -> SquadSet:
    """Return the questions and paragraphs of a SQuAD file, .json or .json.gz, in the order of the file.

    Every question and paragraph of the file is in the result. Raises FileNotFoundError, and ValueError, naming file,
    place or question id and what was expected, for: another format, a missing or mistyped field, an id used twice, an
    accepted answer that does not stand at its offset, answers that contradict `is_impossible`, no question at all.
    """
    file = read_json(path)
    paragraphs: list[Article] = []
    questions: list[SquadQuestion] = []
    places: list[str] = []
    titles: Counter[str] = Counter()
    for article in file.records("data"):
        title = article.optional_text("title")
        for record in article.records("paragraphs"):
            slug = "_".join(title.split())
            paragraph = Article(f"{slug}#{titles[slug]}", record.text("context"), title)
            titles[slug] += 1
            paragraphs.append(paragraph)
            for asked in record.records("qas"):
                questions.append(_question(asked, paragraph))
                places.append(asked.place)
    if not questions:
        raise file.error("no question in it, expected at least one under data[].paragraphs[].qas[]")
    check_unique("question", zip((question.id for question in questions), places, strict=True))
    return SquadSet(path.name, file.optional_text("version"), tuple(paragraphs), tuple(questions))


def _question(record: Record, paragraph: Article) -> SquadQuestion:
    named = Record(f"{record.place} (question {shown(record.fields.get('id'))})", record.fields)
    id_, question = named.text("id"), named.text("question")
    unanswerable = named.flag("is_impossible")
    answers = tuple(_answer(record, paragraph) for record in named.records("answers"))
    if unanswerable and answers:
        raise named.error(f"is_impossible, yet it has {len(answers)} answers; expected none")
    if not unanswerable and not answers:
        raise named.error("no answers, expected at least one, or is_impossible: true")
    return SquadQuestion(id_, question, paragraph, answers)


def _answer(record: Record, paragraph: Article) -> str:
    text, start = record.text("text"), record.integer("answer_start", at_least=0)
    there = paragraph.text[start : start + len(text)]
    if there != text:
        raise record.error(f"expected {shown(text)} at offset {start} of the paragraph, found {shown(there)}")
    return text
