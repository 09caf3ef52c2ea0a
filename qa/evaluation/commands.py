"""The command line of evaluation: the group `pressmark evaluate` and its commands."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from embeddings.command_line import WrongUse
from embeddings.files.articles import read_articles
from embeddings.files.pieces import Unread
from embeddings.locations import open_archive
from embeddings.plural import plural
from qa.evaluation.ablation import Ablation, variants
from qa.evaluation.bench import Bench, Selection
from qa.evaluation.options import PATH, delivered, evaluation_errors, path_option, question_options, some_questions
from qa.evaluation.outputs import check_folder, provenance
from qa.evaluation.questions.collections import sample
from qa.evaluation.questions.datasets import check_relevant
from qa.evaluation.questions.squad import read_squad
from qa.evaluation.questions.typed import Form
from qa.evaluation.results.plots import check_matplotlib
from qa.evaluation.results.results import Results
from qa.pipeline import Pipeline
from qa.reader.onnx_reader import OnnxReader


@click.group()
def evaluate() -> None:
    """Measure reading, retrieval and answers on question sets, exactly, offline and the same every time."""


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
@click.argument("data", nargs=-1, required=True, type=PATH)
@question_options
def tune(data: Sequence[Path], selection: Selection) -> None:
    """Choose fusion weight, number of passages read and threshold on DATA, and say what that gains. Changes nothing.

    DATA are sets as `evaluate retrieval` takes, or reader data, kept apart from what is reported on and from what the
    reader was trained on. Half of the questions choose, the other half measures the gain over the present settings.

    \b
    Examples:
      pressmark evaluate tune heldout.jsonl --questions 500
      pressmark evaluate tune questions.jsonl --archive news --asked 2022 --as-of-asked
    """
    from qa.evaluation.measures.rankings import ir_measures_library
    from qa.evaluation.tune import tune as find_best
    from qa.evaluation.tune import tuned_in_words

    with evaluation_errors():
        ir_measures_library()
        sets, bench = selection.read_together(data), Bench()
        collections = bench.collect(sets, selection.archive)
        tuned = find_best(collections, bench.readers, bench.settings)
    click.echo(tuned_in_words(tuned, [questions.name for questions in sets]), nl=False)


@evaluate.command()
@click.argument("data", nargs=-1, required=True, type=PATH)
@question_options
@delivered
def orders(data: Sequence[Path], selection: Selection) -> Results:
    """Compare what the order of the passages depends on, without reading: fusion, weights, candidates, recency.

    DATA are sets as `evaluate tune` takes, and count as one. Everything is compared over the whole archive, in minutes,
    with what is set now.

    \b
    Examples:
      pressmark evaluate orders heldout.jsonl questions.jsonl --archive news --asked 2022 --as-of-asked
      PRESSMARK_CANDIDATES=200 pressmark evaluate orders heldout.jsonl --json orders.json
    """
    from qa.evaluation.measures.rankings import ir_measures_library
    from qa.evaluation.order_runs import compare_orders

    ir_measures_library()
    sets, bench = selection.read_together(data), Bench()
    collections = bench.collect(sets, selection.archive)
    return compare_orders(collections, bench.settings, bench.provenance({}, reads=False))


@evaluate.command()
@click.argument("data", type=PATH)
@question_options
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([one.value for one in Ablation]),
    help="Only this ablation.  [default: all of them]",
)
@click.option(
    "--others",
    metavar="N",
    default=1000,
    show_default=True,
    type=click.IntRange(0),
    help="Articles beside the relevant.",
)
@path_option("--float32-reader", "DIR", "The reader exported with --precision float32.  [default: not compared]")
@delivered
def ablations(
    data: Path, selection: Selection, only: Sequence[str], others: int, float32_reader: Path | None
) -> Results:
    """Take back the design's choices, one at a time, and measure what each is worth on DATA.

    DATA is what `evaluate retrieval` takes, kept apart from what is reported on. Other splittings and precisions need
    the articles to be encoded again, so only the relevant articles and --others of the rest are searched.

    \b
    Examples:
      pressmark evaluate ablations questions.jsonl --archive news --asked 2022 --report ablations/
      pressmark evaluate ablations questions.jsonl --archive news --asked 2022 --only fusion --only k
    """
    from qa.evaluation.ablation_runs import AblationRunner, ablation_results, with_articles
    from qa.evaluation.measures.rankings import ir_measures_library

    ir_measures_library()
    questions, bench = selection.read(data), Bench()
    if not questions.judged:
        raise WrongUse(f"{data}: no question has a relevant article, so there is nothing to compare by")
    readers = {"int8": bench.readers}
    if float32_reader is not None:
        readers["float32"] = replace(bench.readers, reader=OnnxReader.open(float32_reader))
    wanted = [Ablation(name) for name in only] or [
        one for one in Ablation if one is not Ablation.READ or bench.readers.skimmer is not None
    ]
    if Ablation.READ in wanted and bench.readers.skimmer is None:
        raise WrongUse(f"{Ablation.READ!s} needs two readers; the reader {bench.settings.reader} reads alone")
    articles = questions.articles
    if selection.archive is not None:
        with closing(open_archive(selection.archive, bench.encoder)) as archive:
            articles = tuple(archive.store.articles())
    questions = with_articles(questions, articles, others)
    check_relevant(questions, (article.id for article in questions.articles))
    with closing(AblationRunner(questions, readers, bench.settings.cache)) as runner:
        tables = {
            ablation: [
                (one, runner.measure(one)) for one in variants(ablation, bench.settings) if one.reader in readers
            ]
            for ablation in wanted
        }
        cost = runner.cost(variants(Ablation.READ, bench.settings)[0]) if Ablation.READ in wanted else None
    return ablation_results(questions, tables, bench.provenance({"others": str(others)}), cost)


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
