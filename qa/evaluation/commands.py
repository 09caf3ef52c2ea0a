"""The command line of evaluation: the group `pressmark evaluate`, and what measures the program as it is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from embeddings.command_line import WrongUse
from embeddings.files.articles import read_articles
from embeddings.files.pieces import Unread
from embeddings.plural import plural
from qa.evaluation.bench import Bench, Selection
from qa.evaluation.choosing_commands import ablations, orders, tune
from qa.evaluation.options import PATH, delivered, evaluation_errors, path_option, question_options, some_questions
from qa.evaluation.outputs import check_folder, provenance
from qa.evaluation.questions.collections import sample
from qa.evaluation.questions.squad import read_squad
from qa.evaluation.questions.typed import Form
from qa.evaluation.results.plots import check_matplotlib
from qa.evaluation.results.results import Results
from qa.pipeline import Pipeline


@click.group()
def evaluate() -> None:
    """Measure reading, retrieval and answers on question sets, exactly, offline and the same every time."""


for command in (tune, orders, ablations):
    evaluate.add_command(command)


@evaluate.command()
@click.argument("data", type=PATH)
@path_option("--predictions", "FILE", "Score these answers instead: a JSON object, question id to answer.")
@path_option("--no-answer", "FILE", "Their probabilities of no answer: a JSON object, question id to number.")
@path_option("--reader", "DIR", "The reader's folder.  [default: the shipped one]")
@some_questions
@click.option(
    "--typed",
    type=click.Choice([form.value for form in Form]),
    callback=lambda _context, _option, value: value and Form(value),
    help="Questions as people type them: in lower case, without question mark; so as keywords only, or with a typo.",
)
@delivered
def reading(
    data: Path,
    predictions: Path | None,
    no_answer: Path | None,
    reader: Path | None,
    questions: int | None,
    typed: Form | None,
) -> Results:
    """Score the reader on DATA, a question set in SQuAD's format (.json or .json.gz), by its official script.

    Each question is read in its own paragraph, as the pipeline reads a hit.

    \b
    Examples:
      pressmark evaluate reading dev-v2.0.json.gz
      pressmark evaluate reading dev-v1.1.json.gz --predictions bert.json --report bert/
    """
    from qa.evaluation.reading_figures import read_no_answer, read_predictions, reading_results
    from qa.evaluation.reading_runs import abstaining_note, given_results, read_paragraphs, some_typed

    if predictions is not None and (reader, questions, typed) != (None, None, None):
        raise WrongUse(
            "--predictions are scored without a reader, all at once, to the questions as they are: leave out "
            "--reader, --questions and --typed"
        )
    if no_answer is not None and predictions is None:
        raise WrongUse("--no-answer belongs to --predictions FILE; the reader gives its own")
    squad = read_squad(data)
    if predictions is not None:
        probabilities = None if no_answer is None else read_no_answer(no_answer)
        return reading_results(squad, read_predictions(predictions), provenance({}), probabilities)
    bench = Bench(reader)
    squad = some_typed(squad, questions, typed)
    given = read_paragraphs(squad, bench.readers)
    facts = bench.provenance({"threshold": f"{bench.threshold:.4g}"})
    results = given_results(squad, given, bench.threshold, facts)
    return replace(results, notes=(*results.notes, *squad.notes, abstaining_note(squad, bench.threshold)))


@evaluate.command()
@click.argument("data", type=PATH)
@question_options
@click.option(
    "--read", metavar="N", default=200, show_default=True, type=click.IntRange(0), help="Questions the reader reorders."
)
@path_option("--run", "FILE", "Write TREC runs: FILE with each way's name before its suffix.")
@delivered
def retrieval(data: Path, selection: Selection, read: int, run: Path | None) -> Results:
    """Measure retrieval on DATA: by keywords, by vectors, by both fused, and that reordered by the reader.

    DATA is a SQuAD file, whose paragraphs are the collection, a folder in the BEIR layout, or a .jsonl of questions
    with relevant articles, which --archive holds. The reader reorders for a sample of --read questions, unless
    PRESSMARK_RELEVANCE_WEIGHT is 0; on these, all ways are measured once more. A collection is indexed once and kept in
    the cache.

    \b
    Examples:
      pressmark evaluate retrieval dev-v1.1.json.gz --read 0
      pressmark evaluate retrieval questions.jsonl --archive news --asked 2023 --as-of-asked --run news.trec
    """
    from qa.evaluation.measures.rankings import ir_measures_library, write_run
    from qa.evaluation.retrieval_figures import retrieval_results
    from qa.evaluation.retrieval_runs import Searcher, rank_all

    check_folder(run)
    ir_measures_library()
    questions, bench = selection.read(data), Bench()
    if not questions.judged:
        raise WrongUse(f"{data}: no question has a relevant article, so there is no retrieval to measure")
    readers = bench.readers if read and bench.settings.relevance_weight else None
    archive = bench.archive(questions, selection.archive)
    vectors = bench.vectors(questions.judged)
    reread = [question.id for question in sample(questions.judged, read)]
    runs = rank_all(questions.judged, vectors, Searcher(archive, bench.settings), readers, reread)
    for way, of_way in runs.runs.items():
        if run is not None:
            write_run(of_way, run.with_name(f"{run.stem}.{way}{run.suffix}"), name=way)
    return retrieval_results(questions, runs, bench.provenance({}, archive=archive, reads=readers is not None))


@evaluate.command()
@click.argument("data", type=PATH)
@question_options
@click.option("--explain", is_flag=True, help="Say of each wrong answer where it was lost.")
@delivered
def answers(data: Path, selection: Selection, explain: bool) -> Results:
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

    questions, bench = selection.read(data), Bench()
    archive = bench.archive(questions, selection.archive)
    pipeline = Pipeline(archive, bench.readers, bench.settings)
    run = ask_all(pipeline, questions, explain=explain)
    facts = {"threshold": f"{bench.threshold:.4g}", "as of asked": str(selection.as_of_asked)}
    return answers_results(questions, run, bench.provenance(facts, archive=archive))


@evaluate.command()
@click.argument("articles", nargs=-1, required=True, type=PATH)
@click.option(
    "--articles",
    "most",
    metavar="N",
    default=1000,
    show_default=True,
    type=click.IntRange(2),
    help="At most N articles, drawn at random by a seed.",
)
@click.option("--seed", default=0, show_default=True, help="Of the articles drawn and of the changes made to them.")
@delivered
def copies(articles: Sequence[Path], most: int, seed: int) -> Results:
    """Measure how well copies of articles are found, on copies made by rule from ARTICLES.

    ARTICLES are files and folders as `pressmark index` takes them. Of each article a copy is made with each kind of
    change: another headline, words replaced, paragraphs cut and so on. No model is needed. Copies among the articles
    themselves are counted and named, and neither right nor wrong.

    \b
    Examples:
      pressmark evaluate copies exports/2024.jsonl
      pressmark evaluate copies exports/ clippings/ --articles 2000 --json copies.json
    """
    from qa.evaluation.copies import copies_results

    found = [each for each in read_articles(articles) if not isinstance(each, Unread)]
    originals = sample(list({article.id: article for article in found}.values()), most, seed=seed)
    if len(originals) < 2:
        raise WrongUse("copies are made of at least two articles; name files or folders that hold two or more")
    return copies_results(originals, ", ".join(path.name for path in articles), provenance({}), seed)


@evaluate.command()
@click.argument("data", type=PATH)
@delivered
def attribution(data: Path) -> Results:
    """Measure how well speakers are told on DATA, articles with attributions that are marked by hand.

    DATA is a .jsonl, also gzipped, with an article a line: id, text, and attributions, each with source, cue and
    content as lists of [start, end) in the text, as PolNeAR has them. No model is needed.

    \b
    Example:
      pressmark evaluate attribution polnear-dev.jsonl.gz
    """
    from qa.evaluation.attribution import attribution_results, read_marked

    return attribution_results(read_marked(data), data.name, provenance({}))


@evaluate.command()
@click.argument("pages", nargs=-1, required=True, type=PATH)
@click.option("--results", type=PATH, metavar="DIR", required=True, help="The folder of the results, NAME.json each.")
@path_option("--data", "DIR", "The folder that is shown as $DATA in commands.")
def publish(pages: Sequence[Path], results: Path, data: Path | None) -> None:
    """Put results, written with --json, into the marked places of Markdown PAGES.

    A place is marked by <!-- results: NAME -->, <!-- results: NAME: without TITLE, TITLE -->,
    <!-- table: NAME: TITLE -->, <!-- plot: NAME: PLOT --> or <!-- text: FILE -->, and ends with <!-- end -->. A number
    within a line is marked by <!-- figure: NAME: TABLE: ROW: COLUMN --> and <!-- end -->. What stands between is
    replaced.

    \b
    Example:
      pressmark evaluate publish docs/evaluation.md README.md --results build/evaluation
    """
    from qa.evaluation.results.publish import publish as fill

    with evaluation_errors():
        check_matplotlib()
        for page in pages:
            click.echo(f"{page}: {plural(fill(page, results, data), 'place')} filled")
