"""Hard negatives: for each question the texts that match its words best and do not hold its answer."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings.keywords.index import KeywordIndex
from embeddings.types import Article, Filter, Passage, Stamp
from qa.training.data import Example, Text

FOUND = 12
KEPT = 5
"""How many texts are looked up for a question, and how many at most are kept."""


def hard_negatives(questions: Sequence[Example]) -> list[tuple[Text, ...]]:
    """Return for each question up to KEPT other texts of the questions, best first, by the archive's keyword index.

    There are none for a question without a known answer: nobody knows which texts do not hold it.
    """
    texts = list(dict.fromkeys(question.text for question in questions if question.text.sentences))
    with TemporaryDirectory() as folder:
        index = KeywordIndex(Path(folder))
        passages = (
            (number, Passage(Article("", text.text, ""), 0, len(text.text))) for number, text in enumerate(texts)
        )
        index.update((), passages, Stamp("training", 0))
        kept = []
        for question in questions:
            found = index.search(question.question, FOUND, Filter()).numbers.tolist()
            answer = question.answer.lower()
            others = (texts[number] for number in found)
            fit = [text for text in others if text != question.text and answer and answer not in text.text.lower()]
            kept.append(tuple(fit[:KEPT]))
        return kept
