from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.files.articles import read_articles
from embeddings.files.pieces import Unread
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said, words

RUSSIAN = "Министры встретились в Баку в понедельник. Они обсудили договор о границе."
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>The Gazette</title><link>https://example.org/</link>
<item><media:title>A picture</media:title><title>Rain &amp; wind</title><link>https://example.org/rain</link>
<description>Short.</description>
<content:encoded><![CDATA[<p>It <b>rained</b>.</p><p>It&nbsp;poured.</p>]]></content:encoded>
<pubDate>Wed, 19 Oct 2022 23:30:00 -0500</pubDate><dc:creator>Ann Lee</dc:creator><dc:creator>Bo Ek</dc:creator></item>
<item><guid>https://example.org/snow</guid><description>It snowed &lt;em&gt;all day&lt;/em&gt;.</description>
<author>ann@example.org (Ann Lee)</author><source url="https://other.example/feed">The Herald</source></item>
<item><title>Nothing</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">The &lt;i&gt;Gazette&lt;/i&gt;</title>
<entry><title>Rain</title><id>urn:1</id><link rel="self" href="https://example.org/self"/>
<link href="https://example.org/rain"/><published>2022-10-19T23:30:00-05:00</published>
<updated>2023-01-01T00:00:00Z</updated>
<author><name>Ann Lee</name><email>a@b.c</email></author><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>It rained.</p><p>It <b>poured</b>.</p></div></content></entry>
<entry><title>Snow</title><updated>2022-10</updated>
<content type="text">1 &lt; 2 &amp;amp; 3</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Gazette</title></channel>
<item><title>Rain</title><link>https://example.org/rain</link><description>It rained.</description>
<dc:date>2022-10-19</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize("name", ["a.rss", "a.xml"])
def test_rss(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rain, snow, nothing = read_file(tmp_path, name, RSS)
    # the first 12 digits of the addresses' SHA-256, by coreutils
    assert rain == Article(
        "u008e4c062edc", "It rained.\n\nIt poured.", "Rain & wind", "2022-10-19", "The Gazette", "Ann Lee, Bo Ek",
        "https://example.org/rain", f"{path}#1",
    )  # fmt: skip
    assert snow == Article(
        "u5836672e7903", "It snowed all day.", "It snowed all day.", "", "The Herald", "Ann Lee",
        "https://example.org/snow", f"{path}#2",
    )  # fmt: skip
    assert nothing == Unread(f"{path}#3", "holds no text")


def test_atom(tmp_path: Path) -> None:
    path = tmp_path / "a.atom"
    rain, snow = read_file(tmp_path, "a.atom", ATOM)
    assert rain == Article(
        "u008e4c062edc", "It rained.\n\nIt poured.", "Rain", "2022-10-19", "The Gazette", "Ann Lee",
        "https://example.org/rain", f"{path}#1",
    )  # fmt: skip
    assert isinstance(snow, Article)
    assert (snow.text, snow.published, snow.url) == ("1 < 2 &amp; 3", "2022-10", None)


def test_rss_of_the_first_version(tmp_path: Path) -> None:
    article = only_article(read_file(tmp_path, "a.xml", RDF))
    assert (article.title, article.text, article.outlet) == ("Rain", "It rained.", "The Gazette")
    assert (article.published, article.url) == ("2022-10-19", "https://example.org/rain")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("declared", ["windows-1251", ""])
def test_feed_in_any_encoding(tmp_path: Path, encoding: str, declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    feed = f"{declaration}<rss><channel><item><description>{RUSSIAN}</description></item></channel></rss>"
    assert only_article(read_file(tmp_path, "a.rss", feed.encode(encoding))).text == RUSSIAN


def test_feed_with_blanks_before_its_declaration_and_html_s_characters(tmp_path: Path) -> None:
    item = "<item><description>Caf&eacute;&nbsp;&amp; bar</description></item>"
    feed = f'\n <?xml version="1.0"?><rss><channel>{item}</channel></rss>'
    assert only_article(read_file(tmp_path, "a.rss", feed)).text == "Café\xa0& bar"


def test_feed_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    items = read_file(tmp_path, "a.rss", RSS[: RSS.index("<guid>")])
    assert [words(item) for item in items[:1]] == ["It rained.\n\nIt poured."]
    assert said(items)[1][1].startswith("not read: is not valid XML: ")
    assert said(items)[1][0] == "a.rss#2"
    assert said(items)[1][1].endswith("; the others are read")
    assert len(items) == 2


@pytest.mark.parametrize(
    "broken",
    [
        "<item><title>Two</title><description>It <b snowed.</description></item>",
        "<item><title>Two<description>It snowed.</description></item>",
        "<item><title>Two</title><description>It snowed.</description>",
        "<item><title>Two</title></description></item>",
        "<item><title>Two</title><description>It <![CDATA[snowed.</description></item>",
    ],
)
@pytest.mark.parametrize(
    "root", ["<rss><channel><title>The Paper</title>{}</channel></rss>", "<feed><title>The Paper</title>{}</feed>"]
)
def test_broken_item_costs_itself_alone(tmp_path: Path, broken: str, root: str) -> None:
    def good(word: str) -> str:
        return f"<item><title>{word}</title><description>It rained {word}.</description></item>"

    items = read_file(tmp_path, "a.rss", root.format(f"{good('once')}{broken}{good('twice')}"))
    assert [words(item) for item in (items[0], items[-1])] == ["It rained once.", "It rained twice."]
    assert words(items[1]).startswith("not read: is not valid XML: ")
    assert isinstance(items[-1], Article)
    assert items[-1].outlet == "The Paper"
    assert len(items) == 3


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&T", "AT&T"), ("R&D;", "R&D;"), ("a & b &amp; c &lt; d", "a & b & c < d"), ("a\x07b", "ab"),
        ("a&#7;b", "ab"), ("&#8217;", "’"), ("&amp;#8217;", "’"), ("<![CDATA[AT&T &amp; more]]>", "AT&T & more"),
        ("x&y=1&z=2", "x&y=1&z=2"),
    ],
)  # fmt: skip
def test_bare_ampersand_or_control_character_costs_nothing(tmp_path: Path, written: str, read: str) -> None:
    item = f"<item><title>{written}</title><description>It rained.</description></item>"
    items = read_file(tmp_path, "a.rss", f"<rss><channel>{item}{item.replace('rained', 'snowed')}</channel></rss>")
    assert [each.title for each in items if isinstance(each, Article)] == [read, read]


def test_feed_of_a_case_loses_no_item() -> None:
    items = list(read_articles([Path(__file__).parent / "cases" / "B20" / "amp-bad.rss"]))
    assert [each.title for each in items if isinstance(each, Article)] == ["AT&T bad ampersand", "after it"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "declared",
    [
        f'<!ENTITY l0 "ha">{LAUGHS}',
        '<!ENTITY l11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY l11 SYSTEM "http://127.0.0.1:9/x">',
        '<!ENTITY % outer SYSTEM "file:///etc/passwd"> %outer;',
    ],
)
@pytest.mark.parametrize("place", ["text", "attribute"])
def test_feed_with_entities_of_its_own_is_refused(tmp_path: Path, declared: str, place: str) -> None:
    attribute, text = (' a="&l11;"', "") if place == "attribute" and "SYSTEM" not in declared else ("", "&l11;")
    item = f"<item><description>{text}</description></item>"
    feed = f"<!DOCTYPE rss [{declared}]><rss{attribute}><channel>{item}</channel></rss>"
    reason = only_reason(read_file(tmp_path, "a.rss", feed))
    assert "entities" in reason or "entity" in reason.lower()
    assert "root:" not in reason


def test_feed_with_an_outer_doctype_is_read_without_it(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    feed = f"{doctype}<rss><channel><item><description>It rained.</description></item></channel></rss>"
    assert only_article(read_file(tmp_path, "a.rss", feed)).text == "It rained."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<urlset/>", "is XML with the root <urlset>: no feed, whose root is one of ('rss', 'feed', 'RDF')"),
        ("<rss><channel/></rss>", "holds no articles"),
        (
            "no XML",
            "is not valid XML: Start tag expected, '<' not found, line 1, column 1; what stands before it was read",
        ),
        (b"\0\1", "looks like a binary file"),
    ],
)
def test_xml_that_is_no_feed_is_unread(tmp_path: Path, content: str | bytes, why: str) -> None:
    assert only_reason(read_file(tmp_path, "a.xml", content)) == why


@pytest.mark.slow
def test_feed_made_to_be_slow_is_read_in_time(tmp_path: Path) -> None:
    """Blanks and names that a careless pattern would look at again and again, in quadratic time."""
    blanks = "&lt;b&gt; &lt;/b&gt;" * 100_000 + " " * 100_000
    item = f"<item><author>{'a@' * 500_000}</author><description>x{blanks}</description></item>"
    feed = f"{' ' * 500_000}<rss><channel>{item}</channel></rss>"
    assert only_article(read_file(tmp_path, "a.rss", feed)).text == "x"


@given(data=st.data())
@pytest.mark.parametrize("feed", [RSS, ATOM, RDF])
def test_damaged_feed_never_raises(tmp_path: Path, feed: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(feed)))
    damaged = (
        feed[:start] + data.draw(st.text("<>&;/\"' ax", max_size=8)) + feed[start + data.draw(st.integers(0, 20)) :]
    )
    assert read_file(tmp_path, "a.xml", damaged)


def test_wordpress_export_without_pub_date_is_dated_and_shows_no_shortcodes(tmp_path: Path) -> None:
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
    content = '<p>The mayor came.</p>[caption id="1"]The bridge[/caption] [not a code]'
    item = (
        f"<item><title>Bridge</title><content:encoded><![CDATA[{content}]]></content:encoded>"
        "<wp:post_date>2023-02-03 10:00:00</wp:post_date><wp:post_type>post</wp:post_type></item>"
    )
    path = tmp_path / "export.xml"
    path.write_text(f'<rss version="2.0" {spaces}><channel>{item}</channel></rss>')
    [article] = read_articles([path])
    assert isinstance(article, Article)
    assert (article.published, article.version) == ("2023-02-03", "2023-02-03T10:00:00")
    assert article.text == "The mayor came.\n\nThe bridge [not a code]"
