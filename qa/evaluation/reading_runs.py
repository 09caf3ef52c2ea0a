"""Let the reader answer a SQuAD-format set, each question on its own paragraph: `pressmark evaluate reading`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from embeddings.types import Hit, Passage
from qa.evaluation.progress import in_parallel
from qa.evaluation.questions.collections import sample
from qa.evaluation.questions.squad import SquadQuestion, SquadSet
from qa.evaluation.questions.typed import Form, in_form
from qa.evaluation.reading_figures import reading_results
from qa.evaluation.results.results import Provenance, Results
from qa.metrics import Rules
from qa.reading import Readers, read_hits
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """The most confident answer to a question, "" if the reader proposed none, and its confidence, 0 then."""

    text: str
    confidence: float


def some_typed(squad: SquadSet, most: int | None, form: Form | None) -> SquadSet:
    """Return a set with at most that many of its questions, as people type them, the same ones every time.

    Its notes say what was done to it; None leaves the questions as they are.
    """
    notes, questions = list(squad.notes), squad.questions
    if most is not None and most < len(questions):
        notes.append(f"A sample: {most} of {len(questions)} questions, drawn at random with seed 0.")
        questions = tuple(sample(questions, most))
    if form is not None:
        notes.append(f"Questions as people type them in a hurry, in lower case, without question mark: {form}.")
        random = Random(0)
        questions = tuple(
            replace(one, question=in_form(one.question, form, one.paragraph.text, random)) for one in questions
        )
    return replace(squad, questions=questions, notes=tuple(notes))


def read_paragraphs(squad: SquadSet, readers: Readers) -> dict[str, Given]:
    """Return the reader's answer to every question by id, as the pipeline makes answers from one hit of score 1.

    The spans are the reader's alone; what skims for it takes part in the confidence, as it does in the pipeline.
    """

    def read(question: SquadQuestion) -> Given:
        passage = Passage(question.paragraph, 0, len(question.paragraph.text))
        answers = read_hits(" ".join(question.question.split()), [Hit(passage, 1.0, 1)], readers, Settings()).answers
        return Given(answers[0].text, answers[0].confidence) if answers else Given("", 0.0)

    given = in_parallel(read, squad.questions, "questions read")
    return {question.id: answer for question, answer in zip(squad.questions, given, strict=True)}


def given_results(squad: SquadSet, given: Mapping[str, Given], threshold: float, provenance: Provenance) -> Results:
    """Return the results of the answers whose confidence reaches the threshold; the best threshold's stand apart.

    SQuAD 1.1 has no unanswerable question, and its script knows no abstaining: there every answer counts.
    """
    every = {id_: answer.text for id_, answer in given.items()}
    if squad.rules is Rules.V1:
        return reading_results(squad, every, provenance)
    no_answer = {id_: 1.0 - answer.confidence for id_, answer in given.items()}
    shown = {id_: answer.text if answer.confidence >= threshold else "" for id_, answer in given.items()}
    # What any threshold could give is seen from the answers to all questions, what the shipped one gives from the rest.
    return reading_results(squad, shown, provenance, no_answer, every)


def abstaining_note(squad: SquadSet, threshold: float) -> str:
    """Return what is said of the threshold beside the figures of a set."""
    if squad.rules is Rules.V1:
        return "SQuAD 1.1 has no unanswerable question: every question gets its best span, whatever the threshold."
    return (
        f"The reader abstains below a confidence of {threshold:.2f}, as shipped. The best thresholds are the highest "
        "probability of no answer, 1 - confidence, to answer at."
    )
