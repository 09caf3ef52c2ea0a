"""A prediction as it stands in a terminal."""

import shutil
import textwrap
from collections.abc import Sequence

import click

from embeddings.dates import in_words
from embeddings.folding import copied, printed
from embeddings.plural import plural
from embeddings.types import Article, Hit
from qa.absence import EVERYTHING, Absence, absence_in_words, no_answer_in_words
from qa.confidence_words import WordShare, confidence_in_words, words_explained
from qa.differing import Order, articles_read, differing, ordered, sources_in_words, timeline
from qa.render import page_doubts, page_in_words, said_by
from qa.types import Answer, Prediction

TITLE = 90
"""The most characters of a title in a terminal."""

LEFT_OUT = "printed without the hyphens that only part a word, and without marks that take no width"
"""What is said of a quotation that is not printed letter by letter."""

NEAREST = 3
"""How many passages are shown when no answer is."""


def prediction_in_words(
    prediction: Prediction, absence: Absence | None, order: Order, words: Sequence[WordShare]
) -> str:
    """Return a prediction as it stands in a terminal, the answers marked in colour; without any, what was searched.

    `words` are what the words for a confidence were measured to mean.
    """
    if prediction.answers:
        answers = map(_answer_in_words, ordered(prediction.answers, order))
        legend = _in_lines(f"The words: {words_explained(words)}.")
        return "\n\n".join([*_differing_in_words(prediction, order), *answers, legend, *_possible_in_words(prediction)])
    nearest = "\n\n".join(_hit_in_words(hit) for hit in prediction.hits[:NEAREST])
    said = no_answer_in_words(prediction, absence is not None and absence.only != EVERYTHING)
    lines = [_indented(f"{name}: {copied(words)}") for name, words in absence_in_words(absence)] if absence else []
    nearest = f"Best-ranked passages:\n\n{nearest}" if nearest else ""
    return "\n\n".join(filter(None, ["\n".join([said, *lines]), *_possible_in_words(prediction), nearest]))


def _differing_in_words(prediction: Prediction, order: Order) -> list[str]:
    """Return one paragraph with what the answers say that differ, oldest first, by date a timeline; none if none do."""
    sayings, read = differing(prediction), articles_read(prediction)
    lines = ["These answers differ:"]
    for saying in sayings:
        for answer in saying.answers:
            when = in_words(answer.article.published) or "undated"
            who = _speaker_line(answer) if answer.attribution else copied(answer.article.outlet)
            lines.append(_indented(" · ".join(filter(None, [" ".join(printed(answer.text).split()), when, who]))))
        lines.append(_indented(f"({sources_in_words(saying, read)})"))
    if order == "date":
        lines.append(_indented(timeline(sayings)))
    return ["\n".join(lines)] if sayings else []


def _possible_in_words(prediction: Prediction) -> list[str]:
    """Return one paragraph that names what may hold the answer, none if nothing may."""
    if not prediction.possible:
        return []
    lines = []
    for one in prediction.possible:
        outlet = copied(one.article.outlet) or "unknown outlet"
        lines += [
            _indented(f"{outlet}: {' '.join(printed(one.text).split())}"),
            _quotation(one),
            f"  {one.article.id} [{one.start}:{one.end}]",
        ]
    name = "Passages that came nearest" if prediction.abstained else "Other passages that may hold it"
    return ["\n".join([f"{name}:", *lines])]


def _quotation(answer: Answer) -> str:
    """Return the sentence of an answer, its words marked in colour."""
    sentence, text = answer.sentence, answer.article.text
    before, after = text[sentence.start : answer.start], text[answer.end : sentence.end]
    marked = click.style(printed(answer.text), fg="black", bg="yellow", bold=True)
    return _indented(f"“{' '.join((printed(before) + marked + printed(after)).split())}”")


def _answer_in_words(answer: Answer) -> str:
    sentence = answer.sentence
    said = confidence_in_words(answer.confidence) + (", skimmed" if answer.skimmed else "")
    lines = [
        f"{click.style(' '.join(printed(answer.text).split()), bold=True)}  ({said})",
        _quotation(answer),
        *([_indented(_speaker_line(answer))] if answer.attribution else []),
        _indented(_source_line(answer.article, page_in_words(answer))),
        f"  {answer.article.id} [{answer.start}:{answer.end}]",
        *(_indented(f"this page was {doubt}") for doubt in page_doubts(answer)),
    ]
    if printed(sentence.text) != sentence.text:
        lines.append(_indented(LEFT_OUT))
    places = [f"{span.article.id} [{span.start}:{span.end}]" for span in answer.supports]
    if answer.copies:
        places.append(f"{'and ' if places else ''}in {plural(len(answer.copies), 'copy', 'copies')}")
    if places:
        lines.append(_indented(f"the same words: {', '.join(places)}"))
    return "\n".join(lines)


def _speaker_line(answer: Answer) -> str:
    return f"{said_by(answer)}, reported by {copied(answer.article.outlet) or 'an unknown outlet'}"


def _hit_in_words(hit: Hit) -> str:
    passage = hit.passage
    return "\n".join(
        [
            f"{hit.rank}. {_source_line(passage.article, page_in_words(passage))}",
            _indented(" ".join(printed(passage.text).split())),
            f"  {passage.article.id} [{passage.start}:{passage.end}]",
            *(_indented(f"this page was {doubt}") for doubt in page_doubts(passage)),
        ]
    )


def _source_line(article: Article, page: str) -> str:
    title = textwrap.shorten(article.title, TITLE, placeholder=" …")
    parts = (article.outlet, in_words(article.published), article.byline, title, page)
    return " · ".join(copied(part) for part in parts if part)


def _indented(text: str) -> str:
    return _in_lines(text, "  ")


def _in_lines(text: str, indent: str = "") -> str:
    width = min(shutil.get_terminal_size().columns, 100)
    return click.wrap_text(text, width, initial_indent=indent, subsequent_indent=indent)
