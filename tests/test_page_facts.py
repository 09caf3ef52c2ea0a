"""Facts of a page: its own article's, and no word of the article lost."""

from pathlib import Path

import pytest

from embeddings.files.articles import read_articles
from embeddings.files.html.reading import html
from embeddings.types import Article

CASES = Path(__file__).parent / "cases"

TITLE = "Harbour wall to be rebuilt"

PARAGRAPHS = (
    "<p>The council of Northvale approved a plan on Tuesday to rebuild the old harbour wall before the "
    "winter storms come.</p>"
    "<p>The work will cost 14 million euros and take about eighteen months, according to a paper handed to members.</p>"
    "<p>Engineers had warned for years that the wall was close to collapse,"
    " and three smaller breaches were repaired since 2015.</p>"
)


def page(head: str = "", top: str = "", after: str = "", body: str = "") -> str:
    whole = body or f"<article><h1>{TITLE}</h1>{top}{PARAGRAPHS}{after}</article>"
    return f"<!doctype html><html><head><title>{TITLE}</title>{head}</head><body>{whole}</body></html>"


def ld(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


PAGES = [
    (
        "ld-array",
        page(
            ld(
                '[{"@type":"BreadcrumbList"},{"@type":["Article","NewsArticle"],'
                '"headline":"Harbour wall to be rebuilt","datePublished":"2022-10-19","author":["Ann Lee"]}]'
            )
        ),
        "2022-10-19",
        "Ann Lee",
    ),
    (
        "ld-two",
        page(
            ld(
                '{"@type":"NewsArticle","headline":"Old bridge","datePublished":"2019-01-01",'
                '"author":{"name":"Karl Dorn"}}'
            )
            + ld(
                '{"@type":"NewsArticle","headline":"Harbour wall to be rebuilt","datePublished":"2022-10-19",'
                '"author":{"name":"Ann Lee"}}'
            )
        ),
        "2022-10-19",
        "Ann Lee",
    ),
    (
        "ld-video",
        page(ld('{"@type":"VideoObject","name":"x","uploadDate":"2018-01-01","datePublished":"2018-01-01"}')),
        "",
        "",
    ),
    (
        "ld-itemlist",
        page(
            ld(
                '{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Old",'
                '"datePublished":"2018-01-01"}]}'
            )
        ),
        "",
        "",
    ),
    (
        "ld-mainentity",
        page(
            ld(
                '{"@type":"WebPage","datePublished":"2001-01-01","mainEntity":{"@type":"NewsArticle",'
                '"headline":"Harbour wall to be rebuilt","datePublished":"2022-10-19"}}'
            )
        ),
        "2022-10-19",
        "",
    ),
    (
        "ld-newline",
        page(ld('{"@type":"NewsArticle","description":"a\nb","datePublished":"2022-10-19"}')),
        "2022-10-19",
        "",
    ),
    (
        "ld-comment-thing",
        page(
            ld(
                '{"@type":"NewsArticle","headline":"Harbour wall to be rebuilt","comment":[{"@type":"Comment",'
                '"datePublished":"2023-01-01","author":{"name":"troll"}}]}'
            )
        ),
        "",
        "",
    ),
    ("ld-modified", page(ld('{"@type":"NewsArticle","dateModified":"2023-01-01"}')), "", ""),
    (
        "ld-refs",
        page(
            ld(
                '{"@graph":[{"@type":"NewsArticle","headline":"Harbour wall to be rebuilt",'
                '"datePublished":"2022-10-19","author":{"@id":"#ann"},"publisher":{"@id":"#org"}},{"@type":"Person",'
                '"@id":"#ann","name":"Ann Lee"},{"@type":"Organization","@id":"#org","name":"The Paper"}]}'
            )
        ),
        "2022-10-19",
        "Ann Lee",
    ),
    ("meta-upper", page('<META NAME="DC.Date.Issued" CONTENT="2022-10-19">'), "2022-10-19", ""),
    ("meta-lastmod", page('<meta name="last-modified" content="2023-01-01">'), "", ""),
    ("meta-og-upd", page('<meta property="og:updated_time" content="2023-01-01">'), "", ""),
    ("time-top", page(top='<div class="meta"><time datetime="2022-10-19T10:00">19 Oct</time></div>'), "2022-10-19", ""),
    (
        "time-updated-first",
        page(
            top=(
                '<p>Updated <time datetime="2023-01-01">1 Jan</time></p><p>Published <time datetime="2022-10-19">19 '
                "Oct</time></p>"
            )
        ),
        "2022-10-19",
        "",
    ),
    (
        "time-comment",
        page(
            after=(
                '<section id="comments"><article><h4 class="author">troll</h4><time '
                'datetime="2023-01-01">x</time><p>This wall is a scandal.</p></article></section>'
            )
        ),
        "",
        "",
    ),
    (
        "time-teaser",
        page(
            body=(
                f'<article class="teaser"><h2>Old bridge</h2><time '
                f'datetime="2019-01-01">x</time><p>Short</p></article><article><h1>Harbour wall to be '
                f'rebuilt</h1><time datetime="2022-10-19">x</time>{PARAGRAPHS}</article>'
            )
        ),
        "2022-10-19",
        "",
    ),
    ("time-aside", page(top='<aside><a href="x">Old bridge</a><time datetime="2019-01-01">x</time></aside>'), "", ""),
    (
        "time-video",
        page(
            top=(
                '<div itemscope itemtype="https://schema.org/VideoObject"><meta itemprop="datePublished" '
                'content="2018-01-01"></div>'
            )
        ),
        "",
        "",
    ),
    (
        "micro",
        page(
            body=(
                f'<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Harbour wall to be '
                f'rebuilt</h1><span itemprop="author" itemscope itemtype="https://schema.org/Person"><span '
                f'itemprop="name">Ann Lee</span></span><time itemprop="datePublished" '
                f'datetime="2022-10-19">x</time><div itemprop="articleBody">{PARAGRAPHS}</div></div>'
            )
        ),
        "2022-10-19",
        "Ann Lee",
    ),
    ("by-class", page(top='<p class="byline">By <a href="/ann">Ann Lee</a> and Bo Ek</p>'), "", "Ann Lee, Bo Ek"),
    ("by-initials", page('<meta name="author" content="J. R. R. van der Berg">'), "", "J. R. R. van der Berg"),
    ("by-lower", page('<meta name="author" content="danah boyd">'), "", "danah boyd"),
    ("by-admin", page('<meta name="author" content="admin">'), "", ""),
    ("by-mail", page('<meta name="author" content="ann@paper.example">'), "", ""),
    ("by-mailname", page('<meta name="author" content="Ann Lee (ann@paper.example)">'), "", "Ann Lee"),
    ("by-jr", page('<meta name="author" content="Sammy Davis, Jr.">'), "", "Sammy Davis, Jr."),
    ("by-at", page('<meta name="author" content="@annlee"><meta name="twitter:creator" content="@annlee">'), "", ""),
    ("visible-de", page(top='<div class="date">Veröffentlicht am 19. Oktober 2022</div>'), "2022-10-19", ""),
    ("visible-upd", page(top='<div class="date">Updated 1 January 2023</div>'), "", ""),
    (
        "quote-fig",
        page(
            after=(
                "<figure><blockquote>We cannot wait any longer for this wall.</blockquote><figcaption>Anna Bjork,"
                " mayor</figcaption></figure>"
            )
        ),
        "",
        "",
    ),
    (
        "related-box",
        page(
            after=(
                '<div class="related-stories"><h3>Related</h3><ul><li><a href="/x">Old bridge closes after fifty '
                "years of service to the town</a></li></ul></div>"
            )
        ),
        "",
        "",
    ),
    (
        "main-div",
        page(
            body=(
                f'<main><h1>Harbour wall to be rebuilt</h1><span class="published-date">October 19,'
                f" 2022</span>{PARAGRAPHS}</main>"
            )
        ),
        "2022-10-19",
        "",
    ),
    (
        "ld-array-author-str",
        page(ld('{"@type":"NewsArticle","author":"Ann Lee and Bo Ek","datePublished":"19 October 2022"}')),
        "2022-10-19",
        "Ann Lee, Bo Ek",
    ),
    (
        "ld-author-url",
        page(ld('{"@type":"NewsArticle","author":"https://x.example/ann"}') + '<meta name="author" content="Ann Lee">'),
        "",
        "Ann Lee",
    ),
    ("rel-author", page(top='<a rel="author" href="/a">Ann Lee</a>'), "", "Ann Lee"),
    (
        "side-time",
        page(
            body=(
                f'<div class="layout"><div class="story"><h1>Harbour wall to be rebuilt</h1>{PARAGRAPHS}</div><div '
                f'class="sidebar"><time pubdate datetime="2019-01-01">x</time></div></div>'
            )
        ),
        "",
        "",
    ),
]


@pytest.mark.parametrize(
    ("content", "published", "byline"), [each[1:] for each in PAGES], ids=[each[0] for each in PAGES]
)
def test_facts_are_those_of_the_pages_own_article(content: str, published: str, byline: str) -> None:
    draft = html(content)
    assert (draft.published, draft.byline, draft.notes) == (published, byline, ())


def only(path: Path) -> Article:
    [item] = read_articles([path])
    assert isinstance(item, Article)
    return item


@pytest.mark.parametrize("path", sorted((CASES / "B11").glob("*.html")), ids=lambda path: path.stem)
def test_date_of_a_case_is_the_articles_own_or_none(path: Path) -> None:
    undated = ("c-related-time", "n-modified-only")
    assert only(path).published == ("" if path.stem in undated else "2022-10-19")


@pytest.mark.parametrize(
    ("name", "byline"),
    [
        ("a-role", "Ann Lee"), ("b-comment", ""), ("c-url", "Ann Lee"), ("d-ld-list", "Ann Lee, Bo Ek"),
        ("e-given", "Ann Lee"), ("f-email", "Ann Lee"), ("g-amp", "Ann Lee, Bo Ek"), ("h-org", ""), ("i-mention", ""),
        ("j-hyphen", "Jean-Luc O'Brien-Smith, Zoë Ørsted"), ("k-upper", "ANN LEE"),
    ],
)  # fmt: skip
def test_author_of_a_case_is_a_name_that_the_page_gives(name: str, byline: str) -> None:
    assert only(CASES / "B19" / f"{name}.html").byline == byline


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("d-quote", "We cannot wait any longer for this wall.\n\nAnna Bjork, mayor"),
        ("q-cite", "Anna Bjork, mayor"),
        ("e-table", "12 million"),
        ("i-figure", "Mayor Anna Bjork at the wall on Monday. Photo: Bo Ek"),
        ("o-dl", "14 million euros"),
        ("p-details", "among them Karl Dorn."),
        ("l-short-last", "The vote: 9 to 4."),
        ("n-lead-standfirst", "Bo Ek abstained"),
        ("m-a-nohref", "The road closes in April"),
        ("g-nested", "The work will cost 14 million euros."),
    ],
)
def test_words_of_a_case_are_not_lost(name: str, words: str) -> None:
    assert words in only(CASES / "B12" / f"{name}.html").text


@pytest.mark.parametrize("path", sorted((CASES / "B12").glob("*.html")), ids=lambda path: path.stem)
def test_page_that_is_read_whole_gives_no_alarm(path: Path) -> None:
    assert html(path.read_text()).notes == ()


def test_page_of_which_much_is_missing_is_told() -> None:
    links = "".join(f'<a href="/{n}">Linked words number {n} about harbours and their walls</a> ' for n in range(40))
    assert html(page(after=f"<div>{links}</div>")).notes == ("without many words of the page's main part",)


def test_speaker_and_quote_in_a_figure_are_kept() -> None:
    quote = (
        "<figure><blockquote>We cannot wait for this wall.</blockquote><figcaption>Anna Bjork,"
        " mayor</figcaption></figure>"
    )
    assert html(page(after=quote)).text.endswith("We cannot wait for this wall.\n\nAnna Bjork, mayor")


def test_date_in_a_line_that_says_when_it_was_updated_too_is_that_of_publication() -> None:
    line = '<p class="date">Published 19 October 2022, last updated 21 October 2022</p>'
    assert html(page(top=line)).published == "2022-10-19"
    assert html(page(top='<p class="date">Updated 21 October 2022</p>')).published == ""
