"""The pages: what they show of an answer, an abstention, an article, and of what was typed wrong."""

import re
from dataclasses import replace
from hashlib import sha256
from html import escape

import pytest
from flask.testing import FlaskClient

from embeddings.types import Article, Filter
from processes import run_python
from qa.absence import Absence, nearest_in_words, scope_in_words
from qa.evidence import hash_of
from qa.reader.load import NO_MEMORY
from qa.types import Attribution, SpeechKind
from web.pages.words import as_sentence
from web_fakes import (
    HOSTILE,
    REPEATED,
    SIGNED,
    FakeArchive,
    FakePipeline,
    FakeStore,
    answer_of,
    app_over,
    hit_of,
    prediction_of,
    signed_prediction,
    span_of,
    whole,
)

SIGNED_PATH = "/articles/azernews%2F2022%20signing%231"
HASH = sha256(b"a memorandum").hexdigest()[:12]
COPIED = f"""\
“The offices signed a memorandum on Wednesday.”
Azernews, 19 October 2022, By Vugar Khalilov
Offices sign a memorandum
https://example.org/signing?a=1&b=2#:~:text=The%20offices%20signed%20a%20memorandum%20on%20Wednesday.
http://localhost/articles/azernews%2F2022%20signing%231?start=43&end=55&hash={HASH}#span
Characters 43–55: “a memorandum”, SHA-256 {HASH}…"""


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline(signed_prediction())


@pytest.fixture
def client(pipeline: FakePipeline) -> FlaskClient:
    return app_over(pipeline).test_client()


def page_of(client: FlaskClient, path: str, **query: object) -> str:
    return _page(client, path, 200, query)


def refusal_of(client: FlaskClient, path: str, **query: object) -> str:
    return _page(client, path, 400, query)


def _page(client: FlaskClient, path: str, status: int, query: dict[str, object]) -> str:
    response = client.get(path, query_string=query or None)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    return response.text


def field(page: str, name: str) -> str:
    """Return the tag of a form field."""
    pattern = '<fieldset class="outlets"[^>]*>' if name == "outlet" else rf'<input id="{name}"[^>]*>'
    found = re.search(pattern, page)
    assert found is not None
    return found[0]


def test_first_visit_says_what_the_archive_is_and_asks_nothing(client: FlaskClient, pipeline: FakePipeline) -> None:
    page = page_of(client, "/")
    assert "<dt>Articles</dt><dd>3</dd>" in page
    assert "<dt>Passages</dt><dd>9</dd>" in page
    assert "<dt>Outlets</dt><dd>Azernews, The Wire</dd>" in page
    assert "<details>" in page
    assert pipeline.asked == []


def test_first_visit_to_empty_archive_says_how_to_fill_it() -> None:
    page = page_of(app_over(FakePipeline(archive=FakeArchive(FakeStore(())))).test_client(), "/")
    assert "It is empty. Add articles with <code>pressmark index</code>" in page


def test_question_alone_is_asked_with_default_k_and_no_filter(client: FlaskClient, pipeline: FakePipeline) -> None:
    page_of(client, "/", q="  Who   signed? ")
    assert pipeline.asked == [("Who signed?", None, Filter())]


def test_filters_reach_the_pipeline_and_stay_in_the_form(client: FlaskClient, pipeline: FakePipeline) -> None:
    typed = {"q": "Who?", "k": "3", "from": "2022-10", "to": "2023", "outlet": "The Wire"}
    page = page_of(client, "/", **typed)
    assert pipeline.asked == [("Who?", 3, Filter("2022-10", "2023", ("The Wire",)))]
    assert 'value="Who?"' in field(page, "q")
    assert 'value="3"' in field(page, "k")
    assert 'value="2022-10"' in field(page, "from")
    assert 'value="2023"' in field(page, "to")
    assert '<input type="checkbox" name="outlet" value="The Wire" checked>' in page
    assert re.findall(
        r'<li><a href="([^"]*)" dir="auto"><span class="visually-hidden">Take off:</span> (.*)</a>', page
    ) == [
        ("/?q=Who?&amp;to=2023&amp;outlet=The+Wire&amp;k=3", "from October 2022"),
        ("/?q=Who?&amp;from=2022-10&amp;outlet=The+Wire&amp;k=3", "up to 2023"),
        ("/?q=Who?&amp;from=2022-10&amp;to=2023&amp;k=3", "The Wire"),
    ]
    assert "Searched only what The Wire published from October 2022 to 2023." in page


def test_blank_filters_are_no_filters(client: FlaskClient, pipeline: FakePipeline) -> None:
    page = page_of(client, "/", **{"q": "Who?", "k": "", "from": " ", "to": "", "outlet": ""})
    assert pipeline.asked == [("Who?", None, Filter())]
    assert "Searched only" not in page


def test_answer_is_a_quotation_with_its_source(client: FlaskClient) -> None:
    page = page_of(client, "/", q="Who?", outlet="Azernews")
    assert '<blockquote dir="auto">The offices signed <mark>a memorandum</mark> on Wednesday.</blockquote>' in page
    assert "very likely · 93 %" in page
    assert "about as likely as not · 41 %" in page
    assert '<time datetime="2022-10-19">19 October 2022</time>' in page
    assert '<p class="byline" dir="auto">By Vugar Khalilov</p>' in page
    also = f"also=160-165-{hash_of('Rabat')}"
    place = f"start=43&amp;end=55&amp;hash={HASH}&amp;q=Who?&amp;outlet=Azernews"
    link = f'<a href="{SIGNED_PATH}?{place}&amp;{also}#span" dir="auto">'
    assert f"{link}Offices sign a memorandum</a>" in page
    assert f'data-evidence="{escape(COPIED)}"' in page


def test_evidence_is_copied_without_soft_hyphens_and_says_so() -> None:
    article = replace(REPEATED, text="They al\u00adways said it.\u200b", title="What\u00adever")
    given = FakePipeline(
        prediction_of((answer_of(span_of(article, "al\u00adways")),), ()), archive=FakeArchive(FakeStore((article,)))
    )
    page = page_of(app_over(given).test_client(), "/", q="What?")
    assert "<mark>al\u00adways</mark>" in page
    copied = re.search(r'data-evidence="([^"]*)"', page)
    assert copied is not None
    lines = copied[1].splitlines()
    assert lines[:2] == ["“They always said it.”", "(Copied without soft hyphens and marks that take no width.)"]
    assert lines[3] == "Whatever"


def test_title_that_is_a_whole_sentence_is_cut_in_lists_and_whole_in_the_article() -> None:
    article = replace(REPEATED, title="word " * 30 + "end")
    answer = answer_of(span_of(article, "signed"))
    given = FakePipeline(prediction_of((answer,), ()), archive=FakeArchive(FakeStore((article,))))
    client = app_over(given).test_client()
    assert ">" + "word " * 16 + "word…</a>" in page_of(client, "/", q="What?")
    assert '<h1 class="long" dir="auto">' + "word " * 30 + "end</h1>" in page_of(client, "/articles/wire-7")


def test_supports_are_listed_with_the_occurrence_that_was_read(client: FlaskClient) -> None:
    page = page_of(client, "/", q="Who?")
    assert "The same words also stand in" in page
    assert (
        '<li>The Wire, <time datetime="2022-10">October 2022</time>: '
        f'<a href="/articles/wire-7?start=37&amp;end=47&amp;hash={hash_of("memorandum")}&amp;q=Who?#span" dir="auto">'
        "Later that month</a></li>"
    ) in page


def test_passages_are_ranked_and_marked_where_an_answer_lies(client: FlaskClient) -> None:
    page = page_of(client, "/", q="Who?")
    assert re.findall(r'class="number">(\d)</span> <span class="score">score ([\d.]+)<', page) == [
        ("1", "0.81"),
        ("2", "0.50"),
        ("3", "0.10"),
    ]
    assert "A memorandum was planned. Later, the <mark>memorandum</mark> was signed.</p>" in page
    assert f'href="{SIGNED_PATH}?start=24&amp;end=166&amp;hash={hash_of(SIGNED.text[24:])}&amp;q=Who?#span"' in page
    assert "3 passages read in 36 ms." in page


def test_what_was_only_skimmed_is_told(pipeline: FakePipeline, client: FlaskClient) -> None:
    signed, place = pipeline.prediction.answers
    answers = (signed, replace(place, skimmed=True))
    pipeline.prediction = replace(pipeline.prediction, answers=answers, skimmed=frozenset({"wire-7@0", "<script>@0"}))
    page = page_of(client, "/", q="Who?")
    assert "1 passage read, 2 skimmed in 36 ms." in page
    assert re.findall(r'class="number">(\d)</span>[^\n]*<span class="score">skimmed<', page) == ["2", "3"]
    assert page.count("Found by skimming: the careful reader has not read this passage.") == 1


def test_too_little_memory_for_the_careful_reader_is_told(pipeline: FakePipeline, client: FlaskClient) -> None:
    assert NO_MEMORY not in page_of(client, "/", q="Who?")
    pipeline.prediction = replace(pipeline.prediction, notice=NO_MEMORY)
    assert NO_MEMORY in page_of(client, "/", q="Who?")


def test_question_that_is_not_in_english_is_not_said_to_have_no_answer() -> None:
    prediction = replace(prediction_of((), ()), notice="This question seems to be in German.", language="German")
    page = page_of(app_over(FakePipeline(prediction)).test_client(), "/", q="Wer?")
    assert '<h2 id="answers">This question was not answered.</h2>' in page
    assert "answered.</h2>\n    <p>This question seems to be in German.</p>" in page
    assert page.count("seems to be in German") == 1
    assert "No passage in this archive answers this" not in page


def test_same_words_twice_the_right_occurrence_is_marked() -> None:
    answer = answer_of(span_of(REPEATED, "memorandum", occurrence=2))
    page = page_of(app_over(FakePipeline(prediction_of((answer,), ()))).test_client(), "/", q="What?")
    assert ">Later, the <mark>memorandum</mark> was signed.</blockquote>" in page


def test_least_confidence_of_an_answer_is_told_as_its_word_is() -> None:
    assert nearest_in_words(Absence(None, 0.2, 0.325, ())) == "20 %, where an answer has 33 % or more"


def test_abstained_shows_the_nearest_passages_and_folds_what_may_hold_an_answer() -> None:
    withheld = answer_of(span_of(SIGNED, "Rabat"))
    given = prediction_of((), (hit_of(whole(REPEATED), 1, 0.5),), withheld=(withheld,))
    page = page_of(app_over(FakePipeline(given)).test_client(), "/", q="When did it rain?")
    assert "No passage in this archive answers this." in page
    assert "Questions are read in English" in page
    assert "<dt>Nearest</dt><dd>93 %, where an answer has 31 % or more</dd>" in page
    assert "<dt>Nowhere in the archive</dt>" in page
    assert re.findall(r'class="word" dir="auto">(\w+)<', page) == ["rain"]
    assert "<dt>Searched</dt>" not in page  # this archive counts nothing
    assert (
        '<details class="looked-through">\n    <summary><h2 id="passages">Passages looked through (1)</h2></summary>'
        in page
    )
    assert "A memorandum was planned. Later, the memorandum was signed.</p>" in page
    assert '<details class="possible" open>\n    <summary>Passages that came nearest (1)</summary>' in page
    assert page.count("<mark>") == 1
    assert "<mark>Rabat</mark>" in page
    assert 'class="answers"' not in page


def test_abstained_within_filters_that_nothing_passes_says_so() -> None:
    page = page_of(app_over(FakePipeline()).test_client(), "/", **{"q": "Who?", "from": "2030"})
    assert '<h2 id="answers">No article passes the filters.</h2>' in page
    assert "No passage in this archive answers this" not in page
    assert "Questions are read in English" not in page
    assert "<dt>Nearest</dt>" not in page
    assert "Searched only what was published from 2030 on." in page
    assert '<a href="/?q=Who?">Search the whole archive</a>' in page
    assert page.count("No article passes the filters.") == 1


@pytest.mark.parametrize(
    ("only", "words"),
    [
        (Filter(), ""),
        (Filter(outlets=("The Wire",)), "what The Wire published"),
        (Filter("2022", ""), "what was published from 2022 on"),
        (Filter("", "2022-10-09", ("The Wire",)), "what The Wire published up to 9 October 2022"),
        (Filter("2022", "2023-05"), "what was published from 2022 to May 2023"),
    ],
)
def test_scope_in_words(only: Filter, words: str) -> None:
    assert scope_in_words(only) == words


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("the question is blank", "The question is blank."),
        ("k is 0", "k is 0."),
        ("'x' is not a date", "'x' is not a date."),
        ("ask: Who signed it?", "Ask: Who signed it?"),
        ("Not here.", "Not here."),
    ],
)
def test_as_sentence(message: str, sentence: str) -> None:
    assert as_sentence(message) == sentence


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("q", "", "The question is blank"),
        ("q", " \t ", "The question is blank"),
        ("q", "x" * 10_000, "The question has 10,000 characters"),
        ("q", "?!… —", "holds no letter or digit"),
        ("k", "0", "k is 0; "),
        ("k", "-1", "k is -1; "),
        ("k", "1000", "k is 1000; "),
        ("k", "many", "k is &#39;many&#39;; "),
        ("from", "2022-02-30", "&#39;2022-02-30&#39; is not a date"),
        ("to", "soon", "&#39;soon&#39; is not a date"),
        (
            "outlet",
            "azernews",
            "This archive has no article of the outlet &#39;azernews&#39;; it has: Azernews, The Wire.",
        ),
    ],
)
def test_wrong_field_has_its_message_beside_it(
    client: FlaskClient, pipeline: FakePipeline, name: str, value: str, message: str
) -> None:
    page = refusal_of(client, "/", **{"q": "Who?", name: value})
    assert re.search(rf'<p class="problem" id="{name}-problem">[^<]*{re.escape(message)}', page)
    assert 'aria-invalid="true"' in field(page, name)
    assert re.search(rf'aria-describedby="[^"]*{name}-problem"', field(page, name))
    assert page.count('class="problem"') == 1
    assert pipeline.asked == []


def test_dates_the_wrong_way_round_are_told_at_the_first(client: FlaskClient) -> None:
    page = refusal_of(client, "/", **{"q": "Who?", "from": "2023", "to": "2022"})
    assert 'id="from-problem">The dates are the wrong way round: from 2023 is after to 2022' in page


def test_all_wrong_fields_are_told_together_and_all_that_was_typed_is_kept(client: FlaskClient) -> None:
    typed = {"q": "<b>?", "k": "many", "from": "2022-13", "to": 'a"b', "outlet": "Nobody"}
    page = refusal_of(client, "/", **typed)
    assert re.findall(r'id="(\w+)-problem"', page) == ["from", "to", "k", "outlet"]
    assert 'value="&lt;b&gt;?"' in field(page, "q")
    assert 'value="many"' in field(page, "k")
    assert 'value="2022-13"' in field(page, "from")
    assert 'value="a&#34;b"' in field(page, "to")
    assert '<input type="checkbox" name="outlet" value="Nobody" checked>' in page
    assert page.count(" autofocus") == 1


def test_scripts_in_question_title_and_text_are_text() -> None:
    answer = answer_of(span_of(HOSTILE, '<script>alert("1")'))
    client = app_over(FakePipeline(prediction_of((answer,), (hit_of(whole(HOSTILE), 1, 0.5),)))).test_client()
    asked = page_of(client, "/", q='<script>alert("0")</script>')
    assert '<h1 class="asked" dir="auto">&lt;script&gt;alert(&#34;0&#34;)&lt;/script&gt;</h1>' in asked
    assert "He said <mark>&lt;script&gt;alert(&#34;1&#34;)</mark>&lt;/script&gt; &amp; left." in asked
    read = page_of(client, "/articles/%3Cscript%3E", start=8, end=26)
    assert '<h1 dir="auto">&lt;script&gt;alert(2)&lt;/script&gt;</h1>' in read
    assert re.findall(r"<script[^>]*>", asked + read) == ['<script type="module" src="/static/page.js">'] * 2
    assert 'href="javascript:' not in read
    assert '<p class="url">javascript:alert(3)</p>' in read


def test_article_shows_where_it_was_read_and_its_hash(client: FlaskClient) -> None:
    assert "<dt>File</dt><dd>wire/2022.jsonl#7</dd>" in page_of(client, "/articles/wire-7")
    page = page_of(client, SIGNED_PATH)
    assert "<dt>File</dt>" not in page
    assert sha256(SIGNED.text.encode()).hexdigest() in page


def test_article_shows_its_source_and_the_marked_span(client: FlaskClient) -> None:
    page = page_of(client, SIGNED_PATH, start=43, end=55, q="Who?", outlet="Azernews")
    assert '<h1 dir="auto">Offices sign a memorandum</h1>' in page
    assert '<span class="outlet" dir="auto">Azernews</span> <time datetime="2022-10-19">19 October 2022</time>' in page
    assert "By Vugar Khalilov" in page
    assert '<a href="https://example.org/signing?a=1&amp;b=2" rel="noreferrer noopener">' in page
    assert '<p dir="auto" data-start="24">The offices signed <mark class="chosen" id="span">a memorandum</mark>' in page
    assert page.count("<mark") == 1
    assert '<a href="/?q=Who?&amp;outlet=Azernews">Back to the question</a>' in page


def test_article_marks_the_occurrence_given_with_combining_and_non_bmp_characters(client: FlaskClient) -> None:
    span = span_of(HOSTILE, "cafe\u0301 👩‍👩‍👧")
    page = page_of(client, "/articles/%3Cscript%3E", start=span.start, end=span.end)
    assert 'left. 𝒩ew <mark class="chosen" id="span">cafe\u0301 👩‍👩‍👧</mark> opened.</p>' in page


def test_article_marks_a_span_over_a_paragraph_break_in_both(client: FlaskClient) -> None:
    span = span_of(SIGNED, "met.\n\nThe")
    page = page_of(client, SIGNED_PATH, start=span.start, end=span.end)
    assert 'BAKU. Two offices <mark class="chosen" id="span">met.</mark></p>' in page
    assert '<p dir="auto" data-start="24"><mark class="chosen">The</mark> offices' in page


def test_article_without_span_or_question_marks_nothing(client: FlaskClient) -> None:
    page = page_of(client, SIGNED_PATH)
    assert "<mark" not in page
    assert "#span" not in page
    assert "Back to the question" not in page
    assert "BAKU. Two offices met.</p>" in page


def test_article_with_what_is_unknown_says_so(client: FlaskClient) -> None:
    page = page_of(client, "/articles/%3Cscript%3E")
    assert '<span class="outlet" dir="auto">outlet unknown</span> undated' in page


@pytest.mark.parametrize("article_id", ["a//b", "/a", "a/", "https://example.org/a?b=c#d", "../a", "a%2Fb", "ü 🙂"])
def test_article_of_any_id_opens_from_its_link(article_id: str) -> None:
    article = replace(REPEATED, id=article_id)
    answer = answer_of(span_of(article, "signed"))
    client = app_over(
        FakePipeline(prediction_of((answer,), ()), archive=FakeArchive(FakeStore((article,))))
    ).test_client()
    link = re.search(r'<a href="(/articles/[^"#]*)', page_of(client, "/", q="What?"))
    assert link is not None
    assert '<mark class="chosen" id="span">signed</mark>' in page_of(client, link[1].replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"start": 1},
            "<strong>end</strong>: &#39;&#39; is not an offset in this article; give a whole number from 0 to 166",
        ),
        ({"end": 1}, "<strong>start</strong>: &#39;&#39; is not an offset"),
        ({"start": "a", "end": 9}, "<strong>start</strong>: &#39;a&#39; is not an offset"),
        ({"start": -1, "end": 9}, "<strong>start</strong>: &#39;-1&#39; is not an offset"),
        ({"start": 0, "end": 167}, "<strong>end</strong>: &#39;167&#39; is not an offset"),
        ({"start": 0, "end": "9" * 5000}, "is not an offset"),
        ({"start": 0, "end": "٣"}, "<strong>end</strong>: &#39;٣&#39; is not an offset"),
        ({"start": 9, "end": 9}, "<strong>end</strong>: End is 9; it must be greater than start, which is 9."),
    ],
)
def test_article_with_wrong_span_is_refused(client: FlaskClient, query: dict[str, object], message: str) -> None:
    assert message in refusal_of(client, SIGNED_PATH, **query)


@pytest.mark.parametrize("name", ["style.css", "page.js", "sheet.js", "favicon.svg"])
def test_static_file_is_served(client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}") as response:
        assert response.status_code == 200


@pytest.mark.slow
def test_importing_web_loads_no_model_library() -> None:
    code = "import sys, web; print(sorted({'torch', 'transformers', 'onnxruntime', 'faiss'} & set(sys.modules)))"
    assert run_python(code).stdout.strip() == "[]"


def test_answers_that_differ_stand_side_by_side_and_by_date_as_a_timeline() -> None:
    older = Article("old", "It cost 14 million.", "", "2022-05-03", "Gazette")
    newer = Article("new", "It cost 16 million, Lena <b>Ross</b> said.", "", "2022-06-09", "Wire")
    answers = (answer_of(span_of(newer, "16 million")), answer_of(span_of(older, "14 million"), 0.7))
    client = app_over(FakePipeline(prediction_of(answers, (hit_of(whole(newer), 1, 0.5),)))).test_client()
    page = page_of(client, "/", q="What did it cost?")
    assert (
        page.index("These answers differ")
        < page.index('href="#answer-2" dir="auto">14 million')
        < page.index('href="#answer-1"')
    )
    assert page.count("1 article of 1 independent family, of 1 article read") == 2
    assert "timeline" not in page
    dated = page_of(client, "/", q="What did it cost?", order="date")
    assert re.sub("<[^>]+>", "", dated[dated.index('class="timeline">') :].split("</p>")[0]) == (
        'class="timeline">14 million · 3 May 2022 → 16 million · 9 June 2022'
    )
    assert (
        dated.index('id="answer-1"') < dated.index("<mark>14 million</mark>") < dated.index("<mark>16 million</mark>")
    )


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("order=best", "Order is &#39;best&#39;; send confidence or date."),
        ("order=date&order=date", "Order is given 2 times; give it once."),
    ],
)
def test_an_unknown_order_is_named(order: str, said: str, client: FlaskClient) -> None:
    response = client.get(f"/?q=Who&{order}")
    assert response.status_code == 400
    assert f'<p class="problem" id="order-problem">{said}</p>' in response.text


def test_card_says_whose_words_an_answer_is_and_whom_a_pronoun_stands_for() -> None:
    told = Attribution(
        span_of(SIGNED, "They"), span_of(SIGNED, "said"), SpeechKind.REPORTED, span_of(SIGNED, "the host")
    )
    prediction = prediction_of((replace(answer_of(span_of(SIGNED, "Rabat")), attribution=told),), ())
    page = page_of(app_over(FakePipeline(prediction)).test_client(), "/", q="Where?")
    assert "said by the host (inferred from “They”)</span>, reported by" in page
