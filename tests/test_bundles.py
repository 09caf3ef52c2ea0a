"""Bundles of press databases in other layouts than those of tests/cases, and texts that only look like some."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from embeddings.types import Article
from files_on_disk import only_article, read_file, said
from word_files import docx, paragraph, run

Facts = tuple[str, str, str, str, str]


def facts(items: Sequence[object]) -> list[Facts]:
    """Return title, date, outlet, names and text of articles, which all must be."""
    articles = [item for item in items if isinstance(item, Article)]
    assert len(articles) == len(items), items
    return [(each.title, each.published, each.outlet, each.byline, each.text) for each in articles]


def centred(*lines: str) -> str:
    return "\n\n".join(line.center(80).rstrip() for line in lines)


def in_word(text: str) -> bytes:
    """Return a plain text as a .docx, a paragraph a line."""
    return docx("".join(map(paragraph, text.split("\n"))))


LABELLED = f"""{centred("12 of 340 DOCUMENTS", "Copyright 1996 Harbour Post Media", "The Harbour Post")}

{centred("March 12, 1996, Tuesday, Late Edition - Final")}

SECTION: Section A; Page 4; Column 1; National Desk

LENGTH: 540 words

HEADLINE: Harbour wall to be rebuilt;
Ferry company protests

BYLINE:   By KARL DORN

DATELINE: VARN, March 11

BODY:
   The council of Varn voted on Tuesday for a new harbour wall that will cost
14 million crowns, after a debate that lasted until midnight, and after the
engineer had said that the quay would not stand another winter like the last.
She had found eleven holes in it.

   "SUBJECT: nothing," the clerk read out.

GRAPHIC: Photo: The wall.
(Tove Brandt/The Harbour Post)

LOAD-DATE: March 12, 1996

LANGUAGE: ENGLISH

{centred("13 of 340 DOCUMENTS", "Norden Courier", "June 2, 1996", "Correction Appended")}

LENGTH: 20 words

HEADLINE: Flood

BODY:
   Nobody in Osby had expected the water.

CORRECTION-DATE: June 4, 1996

CORRECTION:
   The water came on May 18.

LOAD-DATE: June 2, 1996
"""
LABELLED_FACTS = [
    ("Harbour wall to be rebuilt; Ferry company protests", "1996-03-12", "The Harbour Post", "KARL DORN",
     "The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns, after a debate "
     "that lasted until midnight, and after the engineer had said that the quay would not stand another winter like "
     "the last. "
     'She had found eleven holes in it.\n\n"SUBJECT: nothing," the clerk read out.'),
    ("Flood", "1996-06-02", "Norden Courier", "",
     "Nobody in Osby had expected the water.\n\nThe water came on May 18."),
]  # fmt: skip

GERMAN = f"""{centred("Dokument 1 von 2", "Norden Kurier", "Freitag 12. März 2021")}

Die Hafenmauer wird neu gebaut

AUTOR: Karl Dorn

RUBRIK: LOKALES; S. 4

LÄNGE: 58 Wörter

HIGHLIGHT: Der Rat ist dafür.

Der Rat von Varn stimmte am Dienstag für eine neue Hafenmauer.

UPDATE: 13. März 2021

SPRACHE: GERMAN; DEUTSCH

PUBLICATION-TYPE: Zeitung

{centred("Copyright 2021 Norden Verlag", "Alle Rechte vorbehalten", "Dokument 2 von 2", "Norden Kurier")}

{centred("2. Juni 2021 Mittwoch")}

Fähre fährt wieder

LÄNGE: 20 Wörter

Die Besatzungen kehren zurück.

UPDATE: 3. Juni 2021
"""
GERMAN_FACTS = [
    ("Die Hafenmauer wird neu gebaut", "2021-03-12", "Norden Kurier", "Karl Dorn",
     "Der Rat ist dafür.\n\nDer Rat von Varn stimmte am Dienstag für eine neue Hafenmauer."),
    ("Fähre fährt wieder", "2021-06-02", "Norden Kurier", "", "Die Besatzungen kehren zurück."),
]  # fmt: skip

FRENCH = f"""{centred("Document 1 de 1", "Le Courrier de Norden", "vendredi 12 mars 2021")}

Le mur du port sera reconstruit

AUTEUR: Karl Dorn

RUBRIQUE: Région; Pg. 4

LONGUEUR: 58 mots

Le conseil de Varn a voté mardi pour un nouveau mur.

DATE-CHARGEMENT: 13 mars 2021

LANGUE: FRENCH; FRANÇAIS

{centred("Copyright 2021 Courrier SA", "Tous droits réservés")}
"""
FRENCH_FACTS = [
    ("Le mur du port sera reconstruit", "2021-03-12", "Le Courrier de Norden", "Karl Dorn",
     "Le conseil de Varn a voté mardi pour un nouveau mur."),
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
@pytest.mark.parametrize(
    ("text", "right"),
    [(LABELLED, LABELLED_FACTS), (GERMAN, GERMAN_FACTS), (FRENCH, FRENCH_FACTS)],
    ids=["labelled", "german", "french"],
)
def test_lexisnexis(tmp_path: Path, name: str, text: str, right: list[Facts]) -> None:
    assert facts(read_file(tmp_path, name, text if name == "a.txt" else in_word(text))) == right


def test_lexisnexis_correction_makes_a_version(tmp_path: Path) -> None:
    assert [getattr(item, "version", None) for item in read_file(tmp_path, "a.txt", LABELLED)] == ["", "1996-06-04"]


UNI = """Harbour wall to be rebuilt
The Harbour Post (Varn)
March 12, 2021 Friday 10:15 PM GMT
Late Edition - Final
Copyright 2021 Harbour Post Media All Rights Reserved
Section: NEWS; Pg. 4A
Length: 58 words
Byline: Karl Dorn, harbour correspondent
Dateline: VARN
Body


The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns, the mayor said after it.
Subject: the wall. It was the only one.
Graphic

Photo: The wall

Classification


Language: ENGLISH
Publication-Type: Newspaper
Journal Code: HP
Subject: HARBORS, PORTS (90%); CITIES (75%)
Load-Date: March 15, 2021


End of Document

Flood
Norden Courier
June 2021
Copyright 2021 Norden Press
Length: 1,205 words
Body

Nobody in Osby had expected the water.

Load-Date: June 3, 2021


End of Document
"""
UNI_FACTS = [
    ("Harbour wall to be rebuilt", "2021-03-12", "The Harbour Post (Varn)", "Karl Dorn",
     "The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns, the mayor said "
     "after it.\n\nSubject: the wall. It was the only one."),
    ("Flood", "2021-06", "Norden Courier", "", "Nobody in Osby had expected the water."),
]  # fmt: skip
COVER = """
Date and Time: Monday, May 1, 2023 7:08:00 PM CET
Job Number: 0
Documents ({count})
1. Harbour wall to be rebuilt
Client/Matter: -None-
Search Terms: wall
2. Flood
Narrowed by:
Content Type | Narrowed by
"""
IN_GERMAN = {
    "End of Document": "Ende des Dokuments", "Length:": "Länge:", "words": "Wörter", "Section:": "Rubrik:",
    "Byline:": "Autor:", "Load-Date:": "Update:", "Classification": "Klassifikation", "Language:": "Sprache:",
    "March 12, 2021 Friday 10:15 PM GMT": "Freitag 12.März 2021", "June 2021": "Juni 2021",
}  # fmt: skip


def in_german(text: str) -> str:
    for english, german in IN_GERMAN.items():
        text = text.replace(english, german)
    return text


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.rtf"])
@pytest.mark.parametrize(
    "text",
    [UNI, COVER.format(count=2) + UNI, in_german(UNI), in_german(COVER.format(count=2) + UNI)],
    ids=["bare", "covered", "german", "german-covered"],
)
def test_nexis_uni(tmp_path: Path, name: str, text: str) -> None:
    rtf = "{\\rtf1\\ansi " + "\\par ".join(text.replace("ä", "\\'e4").replace("ö", "\\'f6").split("\n")) + "}"
    contents: dict[str, str | bytes] = {"a.txt": text, "a.docx": in_word(text), "a.rtf": rtf}
    assert facts(read_file(tmp_path, name, contents[name])) == UNI_FACTS


def test_nexis_uni_that_lacks_articles_says_so(tmp_path: Path) -> None:
    *_, last = said(read_file(tmp_path, "a.txt", COVER.format(count=5) + UNI))
    assert last == ("a.txt", "not read: says that it holds 5 articles, and holds 2: it may be cut short")


def test_nexis_uni_that_is_cut_amid_an_article_keeps_what_is_there(tmp_path: Path) -> None:
    cut = UNI[: UNI.index("Load-Date: June")]
    assert [each[0] for each in facts(read_file(tmp_path, "a.txt", cut))] == ["Harbour wall to be rebuilt", "Flood"]


CODES = """SE News

HD  Harbour wall to be rebuilt, and what
    comes after it

BY  By Karl Dorn

WC  58 words

PD  12 March 2021

ET  06:45

SN  The Harbour Post

LA  English

LP

The council of Varn voted on Tuesday for a new wall.

TD

IN an earlier vote it had been against it.

CO operation is needed, the engineer said.

NS  gcat : Political/General News

AN  Document HARBPO0020210312eh3c00001

HD  Flood
WC  31 words
PD  2 June 2021
SN  Norden Courier
LP  Nobody in Osby had expected the water.
TD  It came.
PUB  Norden Press
AN  Document NORCOU0020210602eh6200002

Search Summary
Text  wall
"""
CODES_FACTS = [
    ("Harbour wall to be rebuilt, and what comes after it", "2021-03-12", "The Harbour Post", "Karl Dorn",
     "The council of Varn voted on Tuesday for a new wall.\n\nIN an earlier vote it had been against it.\n\n"
     "CO operation is needed, the engineer said."),
    ("Flood", "2021-06-02", "Norden Courier", "", "Nobody in Osby had expected the water.\n\nIt came."),
]  # fmt: skip


@pytest.mark.parametrize("text", [CODES, CODES.replace("  ", "\t", 1), CODES.replace("HD  Flood", "HD\nFlood")])
def test_factiva_with_codes(tmp_path: Path, text: str) -> None:
    items = read_file(tmp_path, "a.txt", text)
    assert facts(items) == CODES_FACTS
    assert [getattr(item, "id", "") for item in items] == ["HARBPO0020210312eh3c00001", "NORCOU0020210602eh6200002"]


DISPLAYED = """News
*Harbour wall to be rebuilt
Karl Dorn
58 words
12 March 2021
06:45
The Harbour Post
HARBPO
4
English
Copyright 2021. Harbour Post Media.  All Rights Reserved.
The council of Varn voted on Tuesday for a new wall.
Document HARBPO0020210312eh3c00001

*Die Fähre fährt
1.031 Wörter
2. Juni 2021
Norden Kurier
NORKUR
Deutsch
Die Besatzungen kehren zurück.
Dokument NORKUR0020210602eh6200002
Search Summary
"""
DISPLAYED_FACTS = [
    ("Harbour wall to be rebuilt", "2021-03-12", "The Harbour Post", "Karl Dorn",
     "The council of Varn voted on Tuesday for a new wall."),
    ("Die Fähre fährt", "2021-06-02", "Norden Kurier", "", "Die Besatzungen kehren zurück."),
]  # fmt: skip


def test_factiva_as_displayed_in_word(tmp_path: Path) -> None:
    lines = DISPLAYED.split("\n")
    body = "".join(paragraph(run(line[1:], "b") if line.startswith("*") else run(line)) for line in lines)
    assert facts(read_file(tmp_path, "a.docx", docx(body))) == DISPLAYED_FACTS


FIRST = UNI[: UNI.index("Flood\n")]


@pytest.mark.parametrize(
    ("head", "right"),
    [
        (
            "Flood\nNorden Courier\nCorrection Appended\nJune 2, 2021 Wednesday",
            ("Flood", "2021-06-02", "Norden Courier"),
        ),
        ("Flood of May 19, 2020\nNorden Courier\nSpring 2021", ("Flood of May 19, 2020", "2021", "Norden Courier")),
        ("Flood\nNorden Courier", ("Flood", "", "Norden Courier")),
        ("Flood\nJune 2, 2021", ("Flood", "2021-06-02", "")),
        ("No Headline In Original\nNorden Courier\nJune 2, 2021", ("It came.", "2021-06-02", "Norden Courier")),
        (
            "Page 3 of 9\nFlood\nNorden Courier\n2 juin 2021 mercredi 3:00 AM GMT",
            ("Flood", "2021-06-02", "Norden Courier"),
        ),
    ],
)
def test_nexis_uni_heads(tmp_path: Path, head: str, right: tuple[str, str, str]) -> None:
    part = f"{head}\nCopyright 2021 Norden Press\nLength: 2 words\nBody\n\nIt came.\n\nEnd of Document\n"
    *_, last = facts(read_file(tmp_path, "a.txt", FIRST + part))
    assert last == (*right, "", "It came.")


def test_nexis_uni_part_without_fields_keeps_the_others_and_itself(tmp_path: Path) -> None:
    text = FIRST + "Flood\nNorden Courier\n\nIt came.\n\nEnd of Document\n" + FIRST
    assert [each[0] for each in facts(read_file(tmp_path, "a.txt", text))] == [
        UNI_FACTS[0][0],
        "Flood",
        UNI_FACTS[0][0],
    ]


def test_words_behind_a_bundle_are_told(tmp_path: Path) -> None:
    behind = (
        "The council voted on Tuesday for a new wall, after a debate that had begun on Monday evening, as was said " * 2
    )
    [*_, last] = said(read_file(tmp_path, "a.txt", UNI + behind + "here."))
    assert last[1] == "not read: holds words behind its last article that are none of it, which are not read"


def test_lexisnexis_number_in_a_text_begins_no_part(tmp_path: Path) -> None:
    text = LABELLED.replace("   Nobody in Osby", "3 of 7 DOCUMENTS\n\nNobody in Osby")
    assert [each[0] for each in facts(read_file(tmp_path, "a.txt", text))] == [each[0] for each in LABELLED_FACTS]


@pytest.mark.parametrize(
    ("above", "right"),
    [
        ("Harbour wall to be rebuilt\n\nKarl Dorn\n", ("Harbour wall to be rebuilt", "Karl Dorn")),
        (
            "News\nHarbour wall to be rebuilt\n\nBy Karl Dorn in Varn\n",
            ("Harbour wall to be rebuilt", "Karl Dorn in Varn"),
        ),
        ("News\n\nFerry Strike Ends\n", ("Ferry Strike Ends", "")),
        ("By the numbers: the wall\n", ("By the numbers: the wall", "")),
    ],
)
def test_factiva_as_displayed_in_a_text(tmp_path: Path, above: str, right: tuple[str, str]) -> None:
    text = DISPLAYED.replace("News\n*Harbour wall to be rebuilt\nKarl Dorn\n", above).replace("*", "")
    article = facts(read_file(tmp_path, "a.txt", text))[0]
    assert (article[0], article[3]) == right


@pytest.mark.parametrize(
    "text",
    [
        "Minutes\n\nThe board met on Monday, March 12, 2021.\n\nLENGTH: the wall is 300 metres long.\n\n"
        + centred("1 of 3 DOCUMENTS") + "\n\nwas the mark on the first page.",
        "Report of the board\n\nMarch 12, 2021\n\nBody\n\nThe board met on Monday.\n\nEnd of Document",
        "Read more\n\nLength: 300 m\nMarch 12, 2021\n\nThe wall is long.\n\nEnd of document",
        "HD and PD were marks.\n\nPD  12 was the number of the pilot.\nSN  was a sign.",
        "How to read a file\n\nHD  the headline\nBY  the byline\nWC  the number of words\nPD  the date\n"
        "SN  the source\nLP  the lead\nTD  the text\nAN  the number\n\nThese are the codes.",
        "Letter\n\n58 words\n12 March 2021\nThe Harbour Post\n\nI write about the wall.\n\nDocument of the council.",
        "Archive\n\nThe note said:\n\nDocument HARBPO0020210312eh3c00001\n\nNobody knew what that meant.",
        "The council voted on Tuesday for a new wall, after a debate that lasted until midnight, as was reported here, "
        "and that had begun on Monday evening.\n\nThe clerk found this in the archive:\n\n" + FRENCH,
        "Load-Date: March 12, 2021\n\nwas what the clerk had written on it.\n\nSection: NEWS\n\nNobody knew why.",
        "LANGUAGE: what the pilots speak\n\nBYLINE: a word\n\nThe pilots of Norden have words of their own.",
    ],
)  # fmt: skip
def test_text_that_only_looks_like_a_bundle_stays_one_article(tmp_path: Path, text: str) -> None:
    article = only_article(read_file(tmp_path, "a.txt", text))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    assert article.id == "a"
    assert [line for line in lines if line not in f"{article.title}\n{article.text}"] == []
