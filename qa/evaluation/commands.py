"""The command line of evaluation: `pressmark evaluate reading`, `retrieval`, `answers` and `tune`, and the group."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from embeddings.commands import WrongUse
from embeddings.encoders import load_encoder
from embeddings.locations import Location
from qa.evaluation.ablation_commands import ablations, publish
from qa.evaluation.copies_commands import copies
from qa.evaluation.options import PATH, evaluation_errors, output_options, question_options
from qa.evaluation.outputs import Outputs, described, provenance
from qa.evaluation.questions.collections import collect, narrowed, open_collection, question_vectors, read_set, sample
from qa.evaluation.questions.typed import Form
from qa.evaluation.results.results import Results
from qa.pipeline import Pipeline
from qa.reader.load import load_reader
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.evaluation.questions.squad import SquadSet


@click.group()
def evaluate() -> None:
    """Measure reading, retrieval and answers on question sets, exactly, offline and the same every time."""


evaluate.add_command(ablations)
evaluate.add_command(copies)
evaluate.add_command(publish)


@evaluate.command()
@click.argument("data", type=PATH)
@click.option(
    "--predictions",
    type=PATH,
    metavar="FILE",
    help="Score these answers instead: a JSON object, question id to answer.",
)
@click.option(
    "--no-answer",
    type=PATH,
    metavar="FILE",
    help="Their probabilities of no answer: a JSON object, question id to number.",
)
@click.option("--reader", type=PATH, metavar="DIR", help="The reader's folder.  [default: the shipped one]")
@click.option(
    "--questions", metavar="N", type=click.IntRange(1), help="Only so many questions, drawn at random by a seed."
)
@click.option(
    "--typed",
    type=click.Choice([form.value for form in Form]),
    callback=lambda _context, _option, value: value and Form(value),
    help="Questions as people type them: in lower case, without question mark; so as keywords only, or with a typo.",
)
@output_options
def reading(
    data: Path,
    predictions: Path | None,
    no_answer: Path | None,
    reader: Path | None,
    questions: int | None,
    typed: Form | None,
    outputs: Outputs,
) -> None:
    """Score the reader on DATA, a question set in SQuAD's format (.json or .json.gz), by its official script.

    Each question is read in its own paragraph, as the pipeline reads a hit.

    \b
    Examples:
      pressmark evaluate reading dev-v2.0.json.gz
      pressmark evaluate reading dev-v1.1.json.gz --predictions bert.json --report bert/
    """
    from qa.evaluation.questions.squad import read_squad
    from qa.evaluation.reading_figures import read_no_answer, read_predictions, reading_results, score_predictions

    if predictions is not None and (reader, questions, typed) != (None, None, None):
        raise WrongUse(
            "--predictions are scored without a reader, all at once, to the questions as they are: leave out "
            "--reader, --questions and --typed"
        )
    if no_answer is not None and predictions is None:
        raise WrongUse("--no-answer belongs to --predictions FILE; the reader gives its own")
    with evaluation_errors():
        outputs.check()
        squad = read_squad(data)
        if predictions is not None:
            probabilities = None if no_answer is None else read_no_answer(no_answer)
            report = score_predictions(squad, read_predictions(predictions), probabilities)
            results = reading_results(report, provenance({}))
        else:
            results = _read(squad, reader, questions, typed)
        click.echo(outputs.deliver(results), nl=False)


@evaluate.command()
@click.argument("data", type=PATH)
@question_options
@click.option(
    "--read", metavar="N", default=200, show_default=True, type=click.IntRange(0), help="Questions the reader reorders."
)
@click.option("--run", type=PATH, metavar="FILE", help="Write TREC runs: FILE with each way's name before its suffix.")
@output_options
def retrieval(
    data: Path,
    archive: Location | None,
    read: int,
    run: Path | None,
    split: str,
    asked: str,
    questions: int | None,
    outputs: Outputs,
) -> None:
    """Measure retrieval on DATA: by keywords, by vectors, by both fused, and that reordered by the reader.

    DATA is a SQuAD file, whose paragraphs are the collection, a folder in the BEIR layout, or a .jsonl of questions
    with relevant articles, which --archive holds. The reader reorders for a sample of --read questions, unless
    PRESSMARK_RELEVANCE_WEIGHT is 0; on these, all ways are measured once more. A collection is indexed once and kept in
    the cache.

    \b
    Examples:
      pressmark evaluate retrieval dev-v1.1.json.gz --read 0
      pressmark evaluate retrieval questions.jsonl --archive news --asked 2023 --run news.trec
    """
    from qa.evaluation.measures.rankings import ir_measures_library, write_run
    from qa.evaluation.retrieval_figures import retrieval_results
    from qa.evaluation.retrieval_runs import Searcher, rank_all

    with evaluation_errors():
        outputs.check(run)
        ir_measures_library()
        found = narrowed(read_set(data, split=split), asked=asked, most=questions)
        judged = found.judged
        if not judged:
            raise WrongUse(f"{data}: no question has a relevant article, so there is no retrieval to measure")
        settings = Settings.from_env()
        reader = load_reader(settings.reader, settings.cache)[0] if read and settings.relevance_weight else None
        opened = open_collection(found, archive, load_encoder(settings.encoder, settings.cache), settings.cache)
        vectors = question_vectors(opened.encoder, [question.question for question in judged], settings.cache)
        searcher = Searcher(opened, settings)
        reread = [question.id for question in sample(judged, read)]
        runs = rank_all(judged, vectors, searcher, reader, reread)
        results = retrieval_results(found, runs, provenance(described(settings, archive=opened, reader=reader)))
        for way, of_way in runs.runs.items():
            if run is not None:
                write_run(of_way, run.with_name(f"{run.stem}.{way}{run.suffix}"), name=way)
        click.echo(outputs.deliver(results), nl=False)


@evaluate.command()
@click.argument("data", type=PATH)
@question_options
@click.option("--as-of-asked", is_flag=True, help="Only articles published up to the day a question was asked.")
@click.option("--explain", is_flag=True, help="Say of each wrong answer where it was lost.")
@output_options
def answers(
    data: Path,
    archive: Location | None,
    as_of_asked: bool,
    explain: bool,
    split: str,
    asked: str,
    questions: int | None,
    outputs: Outputs,
) -> None:
    """Measure the whole way on DATA: question in, answers out, with confidence, abstention and latency.

    DATA is what `evaluate retrieval` takes; questions on the seeds bring their articles along. An accepted answer
    counts in whatever article it was found.

    \b
    Examples:
      pressmark evaluate answers seeds/questions.jsonl --explain
      pressmark evaluate answers questions.jsonl --archive news --as-of-asked --asked 2023 --report report/
    """
    from qa.evaluation.answer_figures import answers_results
    from qa.evaluation.answer_runs import ask_all

    with evaluation_errors():
        outputs.check()
        found = narrowed(read_set(data, split=split), asked=asked, most=questions)
        settings = Settings.from_env()
        reader, calibration = load_reader(settings.reader, settings.cache)
        opened = open_collection(found, archive, load_encoder(settings.encoder, settings.cache), settings.cache)
        pipeline = Pipeline(opened, reader, calibration, settings)
        outcome = ask_all(pipeline, found, as_of_asked=as_of_asked, explain=explain)
        facts = described(settings, archive=opened, reader=reader, threshold=pipeline.threshold)
        results = answers_results(found, outcome, provenance({**facts, "as of asked": str(as_of_asked)}))
        click.echo(outputs.deliver(results), nl=False)
    for loss in results.losses:
        click.echo(f"{loss.id}: {loss.stage}: {loss.detail}")


@evaluate.command()
@click.argument("data", nargs=-1, required=True, type=PATH)
@question_options
def tune(data: Sequence[Path], archive: Location | None, split: str, asked: str, questions: int | None) -> None:
    """Choose fusion weight, number of passages read and threshold on DATA, and say what that gains. Changes nothing.

    DATA are sets as `evaluate retrieval` takes, or reader data, kept apart from what is reported on and from what the
    reader was trained on. Half of the questions choose, the other half measures the gain over the present settings.

    \b
    Examples:
      pressmark evaluate tune heldout.jsonl --questions 500
      pressmark evaluate tune questions.jsonl --archive news --asked 2022
    """
    from qa.evaluation.measures.rankings import ir_measures_library
    from qa.evaluation.tune import tune as find
    from qa.evaluation.tune import tuned_in_words

    with evaluation_errors():
        ir_measures_library()
        sets = [narrowed(read_set(path, split=split), asked=asked, most=questions) for path in data]
        settings = Settings.from_env()
        reader, calibration = load_reader(settings.reader, settings.cache)
        encoder = load_encoder(settings.encoder, settings.cache)
        tuned = find(collect(sets, archive, encoder, settings.cache), reader, calibration, settings)
    click.echo(tuned_in_words(tuned, [found.name for found in sets]), nl=False)


def _read(squad: "SquadSet", folder: Path | None, questions: int | None, typed: Form | None) -> Results:
    """Return how the reader does on a set, or on a sample of its questions, or on these as people type them."""
    from qa.evaluation.reading_figures import reading_results
    from qa.evaluation.reading_runs import abstaining_note, read_paragraphs, score_given, typed_set

    settings = Settings.from_env()
    notes: tuple[str, ...] = ()
    if questions is not None and questions < len(squad.questions):
        notes = (f"A sample: {questions} of {len(squad.questions)} questions, drawn at random with seed 0.",)
        squad = replace(squad, questions=tuple(sample(squad.questions, questions)))
    if typed is not None:
        notes = (*notes, f"Questions as people type them in a hurry, in lower case, without question mark: {typed}.")
        squad = typed_set(squad, typed)
    reader, calibration = load_reader(settings.reader if folder is None else folder, settings.cache)
    threshold = calibration.threshold_for(settings)
    report = score_given(squad, read_paragraphs(squad, reader, calibration), threshold)
    results = reading_results(report, provenance(described(settings, reader=reader, threshold=threshold)))
    return replace(results, notes=(*results.notes, *notes, abstaining_note(squad, threshold)))
