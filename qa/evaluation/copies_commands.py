"""The command line of how well copies are found: `pressmark evaluate copies`."""

from collections.abc import Sequence
from pathlib import Path

import click

from embeddings.commands import WrongUse
from embeddings.files.articles import Unread, read_articles
from qa.evaluation.options import PATH, evaluation_errors, output_options
from qa.evaluation.outputs import Outputs, provenance


@click.command()
@click.argument("articles", nargs=-1, required=True, type=PATH)
@click.option(
    "--articles",
    "most",
    metavar="N",
    default=1000,
    show_default=True,
    type=click.IntRange(2),
    help="Only so many articles, drawn at random by a seed.",
)
@click.option("--seed", default=0, show_default=True, help="Of the articles drawn and of the changes made to them.")
@output_options
def copies(articles: Sequence[Path], most: int, seed: int, outputs: Outputs) -> None:
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
    from qa.evaluation.questions.collections import sample

    with evaluation_errors():
        outputs.check()
        found = [each for each in read_articles(articles) if not isinstance(each, Unread)]
        originals = sample(list({article.id: article for article in found}.values()), most, seed=seed)
        if len(originals) < 2:
            raise WrongUse("copies are made of at least two articles; name files or folders that hold so many")
        name = ", ".join(path.name for path in articles)
        click.echo(outputs.deliver(copies_results(originals, name, provenance({}), seed)), nl=False)
