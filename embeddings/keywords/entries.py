"""How a passage stands in the keyword index: its fields, and the words that a text is searched by."""

import tantivy

from embeddings.folding import searched
from embeddings.passages import heading
from embeddings.types import Passage

ANALYZER = "english"


def analyzer() -> tantivy.TextAnalyzer:
    """Return what makes words to search by of a text that is `searched`: English stems, accents folded."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.ascii_fold(),  # before lowercase: a lowercased "İ" keeps a dot that no longer folds
        tantivy.Filter.lowercase(),
        tantivy.Filter.stemmer("English"),
    ):
        builder = builder.filter(step)
    return builder.build()


def schema() -> tantivy.Schema:
    """Return the fields of an entry."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=False, indexed=True, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("heading", stored=False, tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("outlet", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("earliest", stored=False, indexed=True, fast=True)
    builder.add_integer_field("latest", stored=False, indexed=True, fast=True)
    return builder.build()


def entry(number: int, passage: Passage) -> tantivy.Document:
    """Return what is kept of a passage: its words and its heading's, and what is filtered by."""
    article = passage.article
    document = tantivy.Document()
    document.add_unsigned("number", number)
    document.add_text("text", searched(passage.text))
    document.add_text("heading", searched(heading(article)))
    document.add_text("outlet", article.outlet)
    first, last = article.days
    document.add_integer("earliest", first)
    document.add_integer("latest", last)
    return document
