"""The pages: their addresses, and what their templates may call."""

from flask import Blueprint

from embeddings.dates import in_words
from embeddings.plural import plural
from qa.absence import held_in_words, nearest_in_words, no_answer_in_words, scope_in_words
from qa.confidence_words import confidence_explained, confidence_in_words
from qa.differing import articles_read, differing, ordered, sources_in_words
from qa.evidence import in_the_original, is_web_address
from qa.render import page_doubts, page_in_words, said_by
from web.access import is_signed_in
from web.highlight import paragraphs, pieces
from web.pages import addresses, archive, article, ask, feed, feedback, links, sheet, sign_in, words

blueprint = Blueprint("pages", __name__)
blueprint.before_request(addresses.check_address)

blueprint.add_url_rule("/", view_func=ask.ask)
blueprint.add_url_rule("/archive", view_func=archive.archive)
blueprint.add_url_rule("/feed.atom", view_func=feed.feed)
blueprint.add_url_rule("/articles/<id:article_id>", view_func=article.article)
blueprint.add_url_rule("/feedback", view_func=feedback.feedback, methods=["POST"])
blueprint.add_url_rule("/sheet", view_func=sheet.sheet, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-in", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-out", view_func=sign_in.sign_out, methods=["POST"])

for function in (
    articles_read,
    confidence_explained,
    confidence_in_words,
    differing,
    in_the_original,
    in_words,
    is_web_address,
    feed.in_xml,
    is_signed_in,
    held_in_words,
    links.carried,
    links.evidence,
    links.feed_link,
    links.json_link,
    links.mark_link,
    links.order_link,
    links.place_of,
    links.span_link,
    nearest_in_words,
    no_answer_in_words,
    ordered,
    page_doubts,
    page_in_words,
    said_by,
    scope_in_words,
    sources_in_words,
    paragraphs,
    pieces,
    plural,
    words.as_sentence,
    words.judged_fields,
    words.looked_through,
    words.outcome_in_words,
    words.read_as_answers,
    words.short_title,
    words.shortened,
    words.title_pieces,
    words.verdict_in_words,
    words.verdicts,
):
    blueprint.add_app_template_global(function)
