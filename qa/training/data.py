"""Reader data: questions, each with its text and the place of the answer in it, read from JSON Lines and checked."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from embeddings import onnx_models
from embeddings.sentences import sentences
from qa.evaluation.questions.records import Record, read_json, read_jsonl, shown

SHARED_WORDS = 12
"""Two texts overlap if they share this many words in a row."""

JOINED = 8
"""How many neighbouring texts become one, of the sources whose texts are joined."""

LONGEST_QUESTION = 400
"""Longer questions, in characters, are left out."""

# Spaces that tokenised corpora have: "( 1967 ) , 14 %".
GAPS = re.compile(r" (?=[,.;:?!)%\]](?:\s|$|[,.;:)]))|(?<=[(\[]) |(?<=\s[$£€]) | (?=(?:'s|n't|'re|'ve|'ll)\b)")


@dataclass(frozen=True)
class Text:
    """A text that questions are asked about. No slots: its sentences are found once, when they are first needed."""

    text: str
    source: str
    title: str = ""

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The sentences' half-open character ranges, in order."""
        return tuple((int(start), int(end)) for start, end in sentences(self.text))

    def share(self, parts: int) -> int:
        """Return a number from 0 to parts − 1 that depends on nothing but the text."""
        return int(sha256(self.text.encode()).hexdigest(), 16) % parts


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its answer: the half-open character range [start, end) of `text.text`. `place` is "file:line".

    Both are −1 if the text does not answer it, or if nobody has said whether it does: then it is not `labelled`.
    """

    question: str
    text: Text
    start: int
    end: int
    place: str
    labelled: bool = True

    @property
    def answered(self) -> bool:
        """Whether the text is known to hold an answer."""
        return self.start >= 0

    @property
    def answer(self) -> str:
        """The characters of the answer, none if there is none."""
        return self.text.text[self.start : self.end] if self.answered else ""

    def moved(self, text: Text, start: int, end: int) -> "Example":
        """Return the question over another text, its answer, if it has one, at another place."""
        return replace(self, text=text, start=start, end=end) if self.answered else replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Data:
    """Questions in the order of the files. `left_out` counts by reason what was not used.

    `hashes` are the files' SHA-256 by name, in order; `apart` those of the files that the texts were kept apart from;
    `joined` the sources whose neighbouring texts were made one.
    """

    questions: tuple[Example, ...]
    hashes: dict[str, str]
    left_out: dict[str, int]
    apart: dict[str, str] = field(default_factory=dict)
    joined: tuple[str, ...] = ()

    @property
    def sources(self) -> set[str]:
        """Where the questions' texts come from."""
        return {question.text.source for question in self.questions}

    def identity(self) -> dict[str, str]:
        """Return what makes the data these, by name, as a recipe does."""
        files = {f"file {name}": value for name, value in self.hashes.items()}
        order, apart = ", ".join(self.hashes), ", ".join(self.apart.values())
        return {**files, "order of files": order, "kept apart": apart, "joined": ", ".join(self.joined)}


@dataclass(frozen=True, slots=True)
class Curation:
    """What is done to the data while it is read: files with texts to keep apart from, sources with texts to join.

    Questions that nobody has answered are `taught` by a teacher, or left out.
    """

    apart: tuple[Path, ...] = ()
    joined: Collection[str] = field(default_factory=frozenset)
    taught: bool = False


def read_data(paths: Sequence[Path], curation: Curation) -> Data:
    """Return the questions of reader data files, .jsonl or .jsonl.gz: objects with question, text, answers, source.

    `answers` is [] where the text does not answer the question, and null where nobody has said whether it does. A text
    has the title that any of its questions gives.

    Left out, and counted, are questions whose answer does not stand at its offset, questions asked twice, endless ones,
    those whose text shares 12 words in a row with a text to keep apart, and without a teacher those with answers null.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a line is no such object, naming file and line; if two files have one name; if a source to join
            has no text; if nothing is left.
    """
    hashes, apart = _hashes(paths), _hashes(curation.apart)
    records = [record for path in paths for record in read_jsonl(path)]
    left_out: Counter[str] = Counter()
    found = [question for record in records if (question := _question(record, left_out)) is not None]
    check_sources(curation.joined, {question.text.source for question in found}, "joined")
    found = _titled(_joined(_untokenised(found), curation.joined))
    known = {run for path in curation.apart for text in _texts(path) for run in _runs(text)}
    overlapping = overlaps({question.text for question in found}, known)
    kept: dict[tuple[str, str, int, int], Example] = {}
    for question in found:
        if question.text in overlapping:
            left_out["text overlaps one to keep apart"] += 1
            continue
        if not (question.labelled or curation.taught):
            left_out["answers null, which takes a teacher"] += 1
            continue
        key = (question.question, question.text.text, question.start, question.end)
        left_out["asked twice"] += key in kept
        kept.setdefault(key, question)
    if not kept:
        raise ValueError(f"{', '.join(map(str, paths))}: no question left to train on; left out: {dict(left_out)}")
    return Data(tuple(kept.values()), hashes, dict(+left_out), apart, tuple(sorted(curation.joined)))


def check_sources(named: Collection[str], known: Collection[str], what: str) -> None:
    """Raise ValueError if a source is named that the data do not have."""
    if missing := sorted(set(named) - set(known)):
        raise ValueError(
            f"{', '.join(missing)} cannot be {what}: the data have no such source; they have {', '.join(sorted(known))}"
        )


def _hashes(paths: Sequence[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by their names, in order."""
    found = {path.name: onnx_models.sha256(path) for path in paths if path.is_file()}
    if len(found) < sum(path.is_file() for path in paths):
        raise ValueError(f"two of {', '.join(map(str, paths))} have the same name; give each one of its own")
    return found


def split_off(questions: Iterable[Example], percent: int) -> tuple[list[Example], list[Example]]:
    """Return the questions to train on, and those held out: all questions about so many per cent of the texts."""
    training: list[Example] = []
    held_out: list[Example] = []
    for question in questions:
        (held_out if question.text.share(100) < percent else training).append(question)
    return training, held_out


def write_questions(questions: Iterable[Example], path: Path) -> None:
    """Write questions as reader data, such as those held out, for `pressmark train calibration`."""
    with path.open("w", encoding="utf-8") as file:
        for question in questions:
            text, answers = question.text, [{"text": question.answer, "start": question.start}] * question.answered
            record = {
                "id": question.place,
                "question": question.question,
                "title": text.title,
                "text": text.text,
                "answers": answers if question.labelled else None,
                "source": text.source,
            }
            file.write(json.dumps(record) + "\n")


def overlaps(texts: Iterable[Text], known: Collection[int]) -> set[Text]:
    """Return the texts that share SHARED_WORDS words in a row with texts whose runs of words are known."""
    return {text for text in texts if known and any(run in known for run in _runs(text.text))}


def _texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file: a SQuAD set, or reader data."""
    if ".jsonl" in path.name:
        yield from (record.text("text") for record in read_jsonl(path))
        return
    for article in read_json(path).records("data"):
        yield from (paragraph.text("context") for paragraph in article.records("paragraphs"))


def _runs(text: str) -> Iterator[int]:
    """Yield the hash of each run of SHARED_WORDS words, of all words if there are fewer."""
    words = re.findall(r"\w+", text.lower())
    for first in range(max(1, len(words) - SHARED_WORDS + 1)):
        yield hash(tuple(words[first : first + SHARED_WORDS]))


def _question(record: Record, left_out: Counter[str]) -> Example | None:
    """Return what a line holds, its first answer without white space around it; None, and a count, if not usable."""
    question = " ".join(record.text("question").split())
    text = Text(record.text("text"), record.optional_text("source"), record.optional_text("title").replace("_", " "))
    if len(question) > LONGEST_QUESTION:
        left_out["question too long"] += 1
        return None
    labelled = record.fields.get("answers", ()) is not None
    answers = record.records("answers") if labelled else []
    if not answers:
        return Example(question, text, -1, -1, record.place, labelled)
    answer, start = answers[0].fields.get("text"), answers[0].fields.get("start")
    if not isinstance(answer, str) or not isinstance(start, int):
        raise answers[0].error(f"expected a text and a start, found {shown(dict(answers[0].fields))}")
    bare = answer.strip()
    start += answer.find(bare)
    if not any(map(str.isalnum, bare)) or start < 0 or text.text[start : start + len(bare)] != bare:
        left_out["answer not at its offset"] += 1
        return None
    return Example(question, text, start, start + len(bare), record.place)


def _untokenised(questions: Sequence[Example]) -> list[Example]:
    """Return the questions over texts without the spaces that tokenised corpora have before commas and the like."""
    kept = []
    for question in questions:
        gaps = [gap.start() for gap in GAPS.finditer(question.text.text)]
        if not gaps:
            kept.append(question)
            continue
        text = replace(question.text, text=GAPS.sub("", question.text.text))
        start = question.start - sum(gap < question.start for gap in gaps)
        end = question.end - sum(gap < question.end for gap in gaps)
        kept.append(question.moved(text, start, end))
    return kept


def _joined(questions: Sequence[Example], sources: Collection[str]) -> list[Example]:
    """Return the questions with JOINED neighbouring texts made one, in the sources whose texts are single sentences."""
    places: dict[Text, tuple[Text, int]] = {}
    for source in sources:
        single = list(dict.fromkeys(question.text for question in questions if question.text.source == source))
        for first in range(0, len(single), JOINED):
            lot = single[first : first + JOINED]
            whole = Text(" ".join(text.text for text in lot), source)
            offset = 0
            for text in lot:
                places[text] = (whole, offset)
                offset += len(text.text) + 1
    moved = []
    for question in questions:
        text, offset = places.get(question.text, (question.text, 0))
        moved.append(question.moved(text, question.start + offset, question.end + offset))
    return moved


def _titled(questions: Sequence[Example]) -> list[Example]:
    """Return the questions over texts that all have the title which any question gives them, one object a text."""
    titles: dict[str, str] = {}
    for text in (question.text for question in questions):
        titles[text.text] = titles.get(text.text) or text.title
    texts: dict[Text, Text] = {}
    titled = (replace(question.text, title=titles[question.text.text]) for question in questions)
    return [
        replace(question, text=texts.setdefault(text, text)) for question, text in zip(questions, titled, strict=True)
    ]
