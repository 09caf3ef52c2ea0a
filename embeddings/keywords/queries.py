"""What tantivy is asked: a word in a passage and in its heading, a filter, the days of a filter."""

import tantivy

from embeddings.dates import days_between
from embeddings.types import Allowed, Filter

HEADING_WEIGHT = 0.4
"""The weight of a match in title, outlet and date, where a match in the passage itself counts 1.

0.25 to 0.5 do not differ beyond chance: docs/evaluation.md, the order of the passages."""

LISTED = 366
"""Days that a filter by date lists at most; a longer one is a range."""


def of_word(schema: tantivy.Schema, word: str, heading_weight: float) -> tuple[tantivy.Query, tantivy.Query]:
    """Return the queries for a word in the passage and in its heading.

    They stand beside all others, not in a query of their own: only of such a list does tantivy skip the passages
    that cannot be among the best (Ding & Suel 2011, "Faster top-k document retrieval using block-max indexes").
    """
    text, above = (tantivy.Query.term_query(schema, field, word, index_option="freq") for field in ("text", "heading"))
    return text, tantivy.Query.boost_query(above, heading_weight)


def numbered(schema: tantivy.Schema, number: int) -> tantivy.Query:
    """Return the query for the passage of a number."""
    return tantivy.Query.term_query(schema, "number", number)


def restricted(schema: tantivy.Schema, query: tantivy.Query, only: Filter, allowed: Allowed | None) -> tantivy.Query:
    """Return the query, and the filter as conditions that add nothing to a score.

    A filter by articles is one by the numbers of the passages that it lets through.
    """
    must = tantivy.Occur.Must
    conditions = _within(schema, *only.days) if only.days else []
    if only.outlets:
        conditions.append(tantivy.Query.term_set_query(schema, "outlet", list(only.outlets)))
    if only.articles and allowed is not None:
        conditions.append(tantivy.Query.term_set_query(schema, "number", allowed.numbers.tolist()))
    if not conditions:
        return query
    silent = [(must, tantivy.Query.const_score_query(condition, 0.0)) for condition in conditions]
    return tantivy.Query.boolean_query([(must, query), *silent])


def _within(schema: tantivy.Schema, first: int, last: int) -> list[tantivy.Query]:
    """Return conditions that let an article through if its days and those from `first` to `last` meet.

    tantivy looks a list of days up, but for a range of them it reads the days of every passage. So a short range is
    a list: an article's days begin in it, or before it, on the first day of a month or year that lasts into it.
    """
    integer = tantivy.FieldType.Integer
    lasting = tantivy.Query.range_query(schema, "latest", integer, lower_bound=first)
    days = days_between(first, last, LISTED)
    if not days:
        return [lasting, tantivy.Query.range_query(schema, "earliest", integer, upper_bound=last)]
    month, year = first // 100 * 100 + 1, first // 10_000 * 10_000 + 101
    begun = tantivy.Query.term_set_query(schema, "earliest", days)
    before = tantivy.Query.term_set_query(schema, "earliest", [month, year])
    running = tantivy.Query.boolean_query([(tantivy.Occur.Must, before), (tantivy.Occur.Must, lasting)])
    return [tantivy.Query.boolean_query([(tantivy.Occur.Should, begun), (tantivy.Occur.Should, running)])]
