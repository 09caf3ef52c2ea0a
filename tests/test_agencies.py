"""NITF, NewsML-G2 and ninjs: what newsrooms buy, read as what it says."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from embeddings.files.articles import read_articles
from embeddings.files.articles import read_file as pieces_of
from embeddings.files.finding import find_files
from embeddings.files.pieces import Piece, Unread
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said, words

CASES = Path(__file__).parent / "cases"
P = "<p>The mayor opened the bridge at noon.</p>"


def nitf(body: str = P, facts: str = "", head: str = "", title: str = "Bridge opens", status: str = "usable") -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf-3-5.dtd">'
        f'<nitf><head><title>slug-1</title><docdata management-status="{status}">{facts}</docdata>{head}</head>'
        f"<body><body.head><hedline><hl1>{title}</hl1></hedline></body.head>"
        f"<body.content><block>{body}</block></body.content></body></nitf>"
    )


def without_doctype(document: str) -> str:
    return document[document.index("<nitf") :]


def pieces(path: Path) -> list[Piece]:
    return [piece for file in find_files([path]) for piece in pieces_of(file)]


# --- the cases --------------------------------------------------------------------------------------------------------


def test_nitf_of_a_case() -> None:
    article = only_article(list(read_articles([CASES / "C26" / "wall.xml"])))
    assert article.text == (
        "The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns.\n\n"
        "Two summers\n\nThe engineer Lena Ross said that the work would take two summers.\n\n"
        "For 7\n\nAgainst 2\n\n“We cannot wait,” she said."
    )
    facts = (article.title, article.published, article.outlet, article.byline, article.id)
    assert facts == ("Harbour wall to be rebuilt", "2021-03-12", "The Harbour Post", "Karl Dorn", "hp.2021.03.12.4")


def test_newsml_of_a_case() -> None:
    article, *others = read_articles([CASES / "C27" / "message.xml"])
    assert isinstance(article, Article)
    assert article.text == (
        "VARN (NPA) - The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns.\n\n"
        "The engineer Lena Ross said that the work would take two summers.\n\nSeven members were in favour."
    )
    assert (article.title, article.published, article.byline) == (
        "Harbour wall to be rebuilt", "2021-03-12", "Karl Dorn",
    )  # fmt: skip
    assert (article.outlet, article.id, article.version) == (
        "Norden Press Agency", "tag:npa.example,2021:1", "2021-03-12T05:45:00 r000000002",
    )  # fmt: skip
    assert [words(other)[10:45] for other in others] == [
        "is withdrawn by its newsroom: it is", "also holds items that are no text: ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts", "reasons"),
    [
        ("ninjs-1", ("Harbour wall to be rebuilt", "2021-03-12", "Karl Dorn", "Norden Press Agency"), []),
        (
            "ninjs-2",
            ("Ferry strike ends", "2021-07-05", "Tove Brandt", "Norden Press Agency"),
            ["withdrawn", "'picture'"],
        ),
    ],
)
def test_ninjs_of_a_case(name: str, facts: tuple[str, ...], reasons: list[str]) -> None:
    article, *others = read_articles([CASES / "C28" / f"{name}.json"])
    assert isinstance(article, Article)
    assert (article.title, article.published, article.byline, article.outlet) == facts
    assert "The ferry leaves" not in article.text
    assert len(others) == len(reasons)
    assert all(reason in words(other) for reason, other in zip(reasons, others, strict=True))


def test_compact_dates_of_a_case() -> None:
    found = list(read_articles([CASES / "C26" / "compact-dates.jsonl"]))
    assert [item.published for item in found if isinstance(item, Article)] == ["2021-03-12"] * 5


# --- NITF -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>It cost <money>5 crowns</money> &amp; <em>more</em>.</p>", "It cost 5 crowns & more."),
        ("<p>R&D and caf&eacute;&nbsp;life.</p>", "R&D and café life."),
        ("<hl2>Later</hl2><p>It rained.</p>", "Later\n\nIt rained."),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
        (f"{P}<note noteclass='editorsnote'><p>Eds: later.</p></note>", "The mayor opened the bridge at noon."),
        (f"{P}<media><media-caption>A bridge.</media-caption></media>", "The mayor opened the bridge at noon."),
        ("<p>Before<media><media-caption>A bridge.</media-caption></media>after.</p>", "Before after."),
        ("<p><!-- draft -->It <?x y?>rained.</p>", "It rained."),
        ("<bq><block><p>“Now,” he said.</p></block><credit>Milo Sand</credit></bq>", "“Now,” he said.\n\nMilo Sand"),
    ],
)
def test_words_of_nitf(tmp_path: Path, body: str, text: str) -> None:
    assert only_article(read_file(tmp_path, "a.xml", nitf(body))).text == text


@pytest.mark.parametrize(
    ("facts", "head", "published"),
    [
        ('<date.issue norm="20210312T064500+0100"/>', "", "2021-03-12"),
        ('<date.issue norm="2021-03-12T23:45:00-05:00"/>', "", "2021-03-12"),
        ('<date.issue norm="20210313"/>', '<pubdata date.publication="20210312"/>', "2021-03-12"),
        ('<date.release norm="20210312T0645Z"/>', "", "2021-03-12"),
        ("", '<revision-history norm="20230502T081500+0200"/>', ""),
        ('<date.expire norm="20220312T000000+0100"/>', "", ""),
    ],
)
def test_date_of_nitf(tmp_path: Path, facts: str, head: str, published: str) -> None:
    assert only_article(read_file(tmp_path, "a.xml", nitf(facts=facts, head=head))).published == published


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("<byline>By <person>Ann Lee</person> and <person>Bo Ek</person></byline>", "Ann Lee, Bo Ek"),
        ("<byline>By Ann Lee<byttl>Staff Writer</byttl></byline>", "Ann Lee"),
        ("<byline>ANN LEE</byline>", "ANN LEE"),
        ("<byline/>", ""),
    ],
)
def test_byline_of_nitf(tmp_path: Path, byline: str, names: str) -> None:
    content = nitf().replace("</body.head>", f"{byline}</body.head>")
    assert only_article(read_file(tmp_path, "a.nitf", content)).byline == names


@pytest.mark.parametrize(
    ("content", "outlet"),
    [
        (nitf(head='<pubdata name="The Post"/>'), "The Post"),
        (nitf(facts='<doc.copyright holder="Post Media"/>'), "Post Media"),
        (nitf().replace("</body.head>", "<distributor><org>NPA</org></distributor></body.head>"), "NPA"),
    ],
)
def test_outlet_of_nitf(tmp_path: Path, content: str, outlet: str) -> None:
    assert only_article(read_file(tmp_path, "a.xml", content)).outlet == outlet


def test_nitf_in_a_name_space_and_several_in_one_file(tmp_path: Path) -> None:
    spaced = nitf().replace("<nitf>", '<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">')
    assert only_article(read_file(tmp_path, "a.xml", spaced)).title == "Bridge opens"
    inner = [without_doctype(nitf(title=title)) for title in ("One", "Two")]
    items = read_file(tmp_path, "b.xml", f"<items>{''.join(inner)}</items>")
    assert [item.title for item in items if isinstance(item, Article)] == ["One", "Two"]


# --- NewsML-G2 --------------------------------------------------------------------------------------------------------


def news_item(content: str = "", number: int = 1, kind: str = "text", meta: str = "", facts: str = "") -> str:
    content = content or f'<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body>{P}</body></html></inlineXML>'
    return (
        f'<newsItem guid="urn:newsml:npa.example:20210312:{number}" version="3">'
        f'<itemMeta><itemClass qcode="ninat:{kind}"/>'
        f"<versionCreated>2021-03-12T06:45:00+01:00</versionCreated>{meta}</itemMeta><contentMeta>"
        f"<headline>Bridge opens</headline>{facts}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def message(*items: str) -> str:
    return f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{"".join(items)}</itemSet></newsMessage>'


@pytest.mark.parametrize(
    "content",
    [
        "",
        f"<inlineXML>{without_doctype(nitf())}</inlineXML>",
        f"<inlineXML>{P}</inlineXML>",
        f"<inlineXML><div>{P}</div></inlineXML>",
        '<inlineData contenttype="text/plain">The mayor opened the bridge at noon.</inlineData>',
        f'<inlineData contenttype="text/html"><![CDATA[{P}]]></inlineData>',
        '<remoteContent href="a.jpg"/><inlineData>The mayor opened the bridge at noon.</inlineData>',
        '<x:inlineXML xmlns:x="http://iptc.org/std/nar/2006-10-01/"><y:html xmlns:y="http://www.w3.org/1999/xhtml">'
        "<y:head><y:title>no</y:title></y:head><y:body>"
        "<y:p>The mayor opened the bridge at noon.</y:p></y:body></y:html>"
        "</x:inlineXML>",
    ],
)
def test_words_of_newsml(tmp_path: Path, content: str) -> None:
    article = only_article(read_file(tmp_path, "a.xml", message(news_item(content))))
    assert (article.title, article.text) == ("Bridge opens", "The mayor opened the bridge at noon.")


def test_item_of_newsml_alone(tmp_path: Path) -> None:
    article = only_article(read_file(tmp_path, "a.xml", news_item()))
    assert (article.id, article.source) == ("urn:newsml:npa.example:20210312:1", str(tmp_path / "a.xml"))


@pytest.mark.parametrize(
    ("meta", "facts", "outlet", "byline"),
    [
        ('<provider literal="NPA"/>', "<by>By Ann Lee</by>", "NPA", "Ann Lee"),
        ("", "<infoSource><name>NPA</name></infoSource><creator><name>Ann Lee</name></creator>", "NPA", "Ann Lee"),
        ("", '<creator literal="Ann Lee"/><creator literal="Bo Ek"/>', "", "Ann Lee, Bo Ek"),
    ],
)
def test_people_of_newsml(tmp_path: Path, meta: str, facts: str, outlet: str, byline: str) -> None:
    article = only_article(read_file(tmp_path, "a.xml", message(news_item(meta=meta, facts=facts))))
    assert (article.outlet, article.byline) == (outlet, byline)


def test_items_that_are_no_text_are_counted_and_one_elsewhere_is_named(tmp_path: Path) -> None:
    items = [news_item(number=n, kind=kind) for n, kind in enumerate(["picture", "picture", "video", "text"])]
    elsewhere = news_item('<remoteContent href="story.xml"/>', number=9)
    assert said(read_file(tmp_path, "a.xml", message(*items, elsewhere, "<packageItem/>"))) == [
        ("a.xml#4", "The mayor opened the bridge at noon."),
        ("a.xml#5", "not read: holds no text; it is said to be in 'story.xml'"),
        ("a.xml", "not read: also holds items that are no text: 2 picture, 1 video, 1 packageItem"),
    ]


@pytest.mark.parametrize("cut", ["<p>The end", "</itemMeta><contentMeta", "<inlineXML"])
def test_broken_item_of_newsml_costs_itself_alone(tmp_path: Path, cut: str) -> None:
    broken = news_item(number=2)
    broken = broken[: broken.index("<inlineXML")] + cut
    items = read_file(tmp_path, "a.xml", message(news_item(), broken, news_item(number=3)))
    assert [isinstance(item, Article) for item in items] == [True, False, True]
    assert words(items[1]).startswith("not read: is not valid XML: ")


def test_message_cut_short_gives_what_stands_before(tmp_path: Path) -> None:
    whole = message(news_item(), news_item(number=2), news_item(number=3))
    items = read_file(tmp_path, "a.xml", whole[:-300])
    assert [isinstance(item, Article) for item in items] == [True, True, False]


# --- ninjs ------------------------------------------------------------------------------------------------------------

TEXT = "The mayor opened the bridge at noon."
ITEM = {"uri": "http://npa.example/1", "type": "text", "pubstatus": "usable", "versioncreated": "2021-03-12T05:45:00Z"}


def ninjs(**fields: object) -> dict[str, Any]:
    return {**ITEM, "headline": "Bridge opens", "body_text": TEXT, **fields}


@pytest.mark.parametrize(
    "item",
    [
        ninjs(),
        ninjs(body_text=None, body_xhtml=f"<div>{P}</div>"),
        ninjs(body_html=P, body_text="The mayor"),
        ninjs(
            headline="", headlines=[{"role": "ninjs:slug", "value": "no"}, {"role": "main", "value": "Bridge opens"}]
        ),
        ninjs(headline=None, headlines=[{"role": "seo", "value": "no"}, {"value": "Bridge opens"}]),
        ninjs(body_text="", bodies=[{"role": "social", "value": "Look!"}, {"role": "main", "value": TEXT}]),
        ninjs(body_text="", bodies=[{"role": "teaser", "value": "Look!"}, {"role": "richtext", "value": P}]),
        ninjs(associations=[{**ITEM, "uri": "http://npa.example/2", "headline": "no", "body_text": "No."}]),
        ninjs(associations={"main": {**ITEM, "headline": "no", "body_text": "No."}}),
        {"standard": {"name": "ninjs"}, "headline": "Bridge opens", "body_text": TEXT, "contentcreated": "2021-03-12"},
    ],
)
@pytest.mark.parametrize("form", ["alone", "lines", "list", "items", "wrapped"])
def test_words_of_ninjs(tmp_path: Path, item: Mapping[str, Any], form: str) -> None:
    value: object = {"list": [item], "items": {"_items": [item]}, "wrapped": {"data": {"items": [item]}}}.get(
        form, item
    )
    name = "a.jsonl" if form == "lines" else "a.json"
    article = only_article(read_file(tmp_path, name, json.dumps(value)))
    assert (article.title, article.text, article.published) == ("Bridge opens", TEXT, "2021-03-12")


@pytest.mark.parametrize(
    ("fields", "byline"),
    [
        ({"byline": "By Ann Lee"}, "Ann Lee"),
        ({"by": "Ann Lee"}, "Ann Lee"),
        ({"authors": [{"name": "Ann Lee", "role": "writer"}]}, "Ann Lee"),
        ({"people": [{"name": "Lena Ross", "rel": "mentions"}, {"name": "Ann Lee", "rel": "author"}]}, "Ann Lee"),
        ({"person": "Lena Ross"}, ""),
    ],
)
def test_byline_of_ninjs(tmp_path: Path, fields: Mapping[str, object], byline: str) -> None:
    assert only_article(read_file(tmp_path, "a.json", json.dumps(ninjs(**fields)))).byline == byline


def test_items_that_an_interface_wraps_are_read_as_what_they_are(tmp_path: Path) -> None:
    items = [ninjs(), ninjs(uri="http://npa.example/2", pubstatus="canceled")]
    answer = {"data": {"items": [{"meta": {"score": 1}, "item": each} for each in items]}}
    first, second = read_file(tmp_path, "a.json", json.dumps(answer))
    assert isinstance(first, Article)
    assert (first.id, first.title) == ("http://npa.example/1", "Bridge opens")
    assert words(second).startswith("not read: is withdrawn by its newsroom: it is not stored")


def test_article_with_a_picture_of_an_agency_is_itself(tmp_path: Path) -> None:
    record = {"title": "Bridge opens", "text": TEXT, "picture": ninjs(type="picture")}
    assert only_article(read_file(tmp_path, "a.json", json.dumps(record))).text == TEXT


def test_ninjs_without_a_body_says_what_stands_for_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(ninjs(body_text="", descriptions=[{"role": "summary", "value": "A bridge."}])))
    [piece] = pieces(path)
    assert words(piece.item) == "A bridge."
    assert piece.notes == ('with "description" in place of a text, which is missing',)


# --- what may not be used ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["canceled", "cancelled", "withheld", "stat:canceled", "killed"])
@pytest.mark.parametrize("form", ["nitf", "newsml", "ninjs", "csv"])
def test_item_that_is_taken_back_is_named_and_not_stored(tmp_path: Path, status: str, form: str) -> None:
    content, name = {
        "nitf": (nitf(status=status, facts='<doc-id id-string="a.1"/>'), "a.xml"),
        "newsml": (message(news_item(meta=f'<pubStatus qcode="{status}"/>')), "a.xml"),
        "ninjs": (json.dumps(ninjs(pubstatus=status)), "a.json"),
        "csv": (f"id,title,text,pubstatus\n7,Bridge opens,{TEXT},{status}\n", "a.csv"),
    }[form]
    (tmp_path / name).write_text(content)
    [piece] = pieces(tmp_path / name)
    assert isinstance(piece.item, Unread)
    assert piece.withdrawn is not None
    what = "withheld" if status == "withheld" else "withdrawn"
    assert piece.item.reason == (
        f"is {what} by its newsroom: it is not stored, and earlier versions of it are not shown any more"
    )


def test_empty_item_that_is_taken_back_is_one(tmp_path: Path) -> None:
    reason = only_reason(read_file(tmp_path, "a.json", json.dumps(ninjs(pubstatus="canceled", body_text=""))))
    assert reason.startswith("is withdrawn")


@pytest.mark.parametrize(
    ("content", "name", "embargo"),
    [
        (nitf(status="embargoed", facts='<date.release norm="20270312T064500+0100"/>'), "a.xml", "2027-03-12T05:45:00"),
        (
            nitf(facts='<date.issue norm="20270311T060000Z"/><date.release norm="20270312T060000Z"/>'),
            "a.xml",
            "2027-03-12T06:00:00",
        ),
        (nitf(facts='<date.issue norm="20210311"/><date.release norm="20210311"/>'), "a.xml", ""),
        (message(news_item(meta="<embargoed>2027-03-12T06:45:00+01:00</embargoed>")), "a.xml", "2027-03-12T05:45:00"),
        (json.dumps(ninjs(embargoed="2027-03-12T05:45:00Z")), "a.json", "2027-03-12T05:45:00"),
        (json.dumps(ninjs(embargoed="2027-03-12")), "a.json", "2027-03-12T00:00:00"),
        (json.dumps(ninjs(embargoed=None)), "a.json", ""),
        (f"text,embargoed_until\n{TEXT},2027-03-12T06:45:00+01:00\n", "a.csv", "2027-03-12T05:45:00"),
        (f"text,embargo\n{TEXT},no\n", "a.csv", ""),
    ],
)
def test_embargo_is_read(tmp_path: Path, content: str, name: str, embargo: str) -> None:
    assert only_article(read_file(tmp_path, name, content)).embargo == embargo


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (nitf(status="embargoed"), "a.xml", "without an end"),
        (message(news_item(meta="<embargoed/>")), "a.xml", "without an end"),
        (
            json.dumps(ninjs(embargoed="tomorrow at noon")),
            "a.json",
            "until 'tomorrow at noon', which is not understood",
        ),
    ],
)
def test_embargo_that_nobody_can_tell_the_end_of_keeps_an_item_out(
    tmp_path: Path, content: str, name: str, why: str
) -> None:
    reason = only_reason(read_file(tmp_path, name, content))
    assert reason == f"is embargoed {why}: it is not stored; index it again when it may be shown"


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (nitf()[:-30], "is not valid XML: "),
        (nitf(""), "holds no text: its <body.content> is empty"),
        ("<NewsML/>", "is NewsML 1, which is not read; ask its sender for NewsML-G2, NITF or ninjs"),
        (message(), "holds no articles"),
        ("<nitf>" + "<p>" * 100_000, "is not valid XML: "),
        (
            nitf("<p>&a;</p>").replace('nitf-3-5.dtd">', 'nitf-3-5.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
            "declares XML entities of its own, which are not read",
        ),
        (
            '<!DOCTYPE newsItem [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + news_item("<inlineData>&b;</inlineData>"),
            "declares XML entities of its own, which are not read",
        ),
    ],
)
def test_bad_xml_is_named(tmp_path: Path, content: str, why: str) -> None:
    began = process_time()
    assert only_reason(read_file(tmp_path, "a.xml", content)).startswith(why)
    assert process_time() - began < 3


@pytest.mark.parametrize("value", [7, "x", None, [], ["x"], {"value": []}, [{"value": 7, "role": []}], {"name": "x"}])
@pytest.mark.parametrize(
    "field",
    ["headlines", "bodies", "descriptions", "infosources", "people", "byline", "version", "type", "uri", "standard"],
)
def test_odd_fields_of_ninjs_cost_no_more_than_themselves(tmp_path: Path, field: str, value: object) -> None:
    [item] = read_file(tmp_path, "a.json", json.dumps([ninjs(**{field: value})]))
    assert words(item) in (TEXT, "not read: is an item of the type 'x', not a text")


def test_broken_message_of_many_items_takes_little_time(tmp_path: Path) -> None:
    began = process_time()
    items = read_file(tmp_path, "a.xml", message(*[news_item(number=n) for n in range(2_000)])[:-40])
    assert len(items) == 2_000
    assert process_time() - began < 10
