"""Whose words a span is, in sentences made up for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import Article, Span
from qa.attribution.around import said_around
from qa.attribution.attribute import attribution_of
from qa.attribution.quotations import quotations
from qa.render import attribution_in_words, attribution_to_json, said_by
from qa.types import Answer, Attribution, SpeechKind


def told(text: str, words: str) -> Attribution | None:
    article, start = Article("a", text, "title"), text.index(words)
    return attribution_of(Span(article, start, start + len(words)))


@pytest.mark.parametrize(
    ("text", "words", "speaker", "cue", "kind"),
    [
        ("Lena Ross said the bridge will open in May.", "in May", "Lena Ross", "said", "reported"),
        ("“It opens in May,” said Lena Ross, the engineer.", "in May", "Lena Ross, the engineer", "said", "direct"),
        ("The bridge opens in May, according to the council.", "in May", "the council", "according to", "reported"),
        ("According to the council, it opens in May.", "in May", "the council", "According to", "reported"),
        (
            "Ross, who built it, told the paper that it opens in May.",
            "in May",
            "Ross, who built it",
            "told",
            "reported",
        ),
        ("Ross was quoted as saying that it opens in May.", "in May", "Ross", "quoted as saying", "reported"),
        ("It opens in May, she said.", "in May", "she", "said", "reported"),
        ("“It opens in May. Boats may pass,” Ross said.", "Boats may pass", "Ross", "said", "direct"),
        ("“It opens,” Ross said. “Boats may pass.”", "Boats may pass", "Ross", "said", "direct"),
        ("Ross said:\n\n“It opens in May.\n\n“Boats may pass.”", "Boats may pass", "Ross", "said", "direct"),
        ("“Why in May?” Mr. Ross asked.", "in May", "Mr. Ross", "asked", "direct"),
        ("The mayor left early, saying boats may pass.", "boats", "The mayor", "saying", "reported"),
        ("ROSS: The bridge opens in May. Boats may pass.", "Boats", "ROSS", ":", "reported"),
        ("Two engineers in Lisbon say it opens in May.", "in May", "Two engineers in Lisbon", "say", "reported"),
        ("Ann Lee (North) said it opens in May.", "in May", "Ann Lee (North)", "said", "reported"),
        ("Ross said it opens in May, but Lee said it is closed.", "closed", "Lee", "said", "reported"),
        ("“It opens in May, Ross said.\n\nLee said it is closed.", "closed", "Lee", "said", "reported"),
        ("The engineer gave a sharp answer: “Boats may pass.”", "Boats", "The engineer", ":", "direct"),
        ("The letter goes on: “Boats may pass.”", "Boats", "The letter", ":", "direct"),
        ("More from Ann Lee: “Boats may pass.”", "Boats", "Ann Lee", ":", "direct"),
        ("“Boats may pass,” the engineer beamed.", "Boats", "the engineer", "beamed", "direct"),
        ("Ross said it is safe. “Boats may pass.”", "Boats", "Ross", "said", "direct"),
        ("Ross walked to the bridge. “Boats may pass.”", "Boats", "Ross", "walked", "direct"),
        ("Ross walked to the bridge. “Boats may pass.” Lee asked.", "Boats", "Lee", "asked", "direct"),
        ("Nothing came of Lena Ross's claim that it opens in May.", "in May", "Lena Ross", "claim", "reported"),
        ("The engineers are now sure that it opens in May.", "in May", "The engineers", "sure", "reported"),
        ("The engineers are demanding a bridge in May.", "in May", "The engineers", "demanding", "reported"),
        ("The council, run by engineers, said it opens in May.", "in May", "The council", "said", "reported"),
    ],
)
def test_a_speaker_is_told(text: str, words: str, speaker: str, cue: str, kind: str) -> None:
    found = told(text, words)
    assert found is not None
    assert (found.speaker.text, found.cue.text, found.kind.value) == (speaker, cue, kind)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The bridge opened in May.", "in May"),
        ("Lena Ross said the bridge will open.", "Lena Ross"),
        ("Ross said it is safe. The bridge opened in May.", "in May"),
        ("The calls and reports of May were counted.", "May"),
        ("The council's stated aim was a bridge.", "a bridge"),
        ("Three states that have a bridge voted in May.", "in May"),
        ("Few people showed up at the bridge in May.", "in May"),
        ("Ross was there, offering detailed plans for May.", "May"),
        ("A firm called Bridges opened in May.", "Bridges"),
        ("Boats went there to see the bridge in May.", "in May"),
        ("His claim for a bridge was counted in May.", "in May"),
        ("“The Bridge” is a song. It was sung in May.", "The Bridge"),
        ("", ""),
    ],
)
def test_where_the_outlet_speaks_nobody_is_named(text: str, words: str) -> None:
    assert told(text, words) is None


PIECES = st.sampled_from(
    [
        *"“”\"'‘’,.:;!?()—\n ",
        "\n\n",
        "said",
        "Ross",
        "Lena Ross",
        "She",
        "he",
        "according to",
        "who",
        "the",
        "was",
        "saying",
        "May",
        "''",
        "é",
        "𝔘",
    ]
)


@given(st.lists(PIECES, max_size=60), st.integers(0, 80), st.integers(0, 80))
def test_spans_lie_in_the_article_and_cross_no_marks(parts: list[str], one: int, other: int) -> None:
    text = " ".join(parts)
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    for said in said_around(text, start, end):
        for first, last in (said.speaker, said.cue, *said.content):
            assert 0 <= first < last <= len(text)
        for quotation in quotations(text, 0, len(text)):
            for first, last in (said.speaker, said.cue):
                outside = last <= quotation.start or quotation.end <= first
                assert outside or (first <= quotation.start and quotation.end <= last)
    found = attribution_of(Span(Article("a", text, "t"), start, end))
    assert found is None or found.speaker.text.strip()
    assert found is None or found.inferred is None or found.inferred.text.strip()


@given(st.text(max_size=300))
def test_quotations_are_in_order_and_apart(text: str) -> None:
    position = 0
    for quotation in quotations(text, 0, len(text)):
        assert position <= quotation.start < quotation.end <= len(text)
        position = quotation.end


def test_a_quotation_that_is_not_closed_ends_with_its_paragraph() -> None:
    text = "“It opens in May, he hopes.\n\nNobody else does."
    assert [text[each.start : each.end] for each in quotations(text, 0, len(text))] == ["“It opens in May, he hopes."]


def test_hostile_names_are_only_read() -> None:
    text = "“It opens in May,” said <script>alert(1)</script> Ross."
    found = told(text, "in May")
    assert found is None or "\n" not in found.speaker.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ross said it opens in May.", "said by Ross"),
        ("Ross wants a bridge in May.", "attributed to Ross (“wants”)"),
        ("It opens in May.", ""),
    ],
)
def test_said_by(text: str, said: str) -> None:
    start = text.index("May")
    article = Article("a", text, "t")
    answer = Answer(article, start, start + 3, 0.9, 1.0, attribution=attribution_of(Span(article, start, start + 3)))
    assert said_by(answer) == said


def test_kinds_are_named_as_in_the_json() -> None:
    assert [kind.value for kind in SpeechKind] == ["direct", "reported"]


TOLD_BEFORE = "“Boats may pass,” said Lena Ross, the engineer. “Few will.”\n\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (TOLD_BEFORE + "“It opens in May,” she said.", "Lena Ross"),
        (TOLD_BEFORE + "“Who knows?” she added.\n\n“It opens in May,” she said.", "Lena Ross"),
        ("Lena Ross built it. Ms. Ross said boats may pass. She said it opens in May.", "Ms. Ross"),
        (TOLD_BEFORE.replace("Few", "Ann Lee") + "“It opens in May,” she said.", "Lena Ross"),
    ],
    ids=["named just before", "has spoken between", "a full name elsewhere", "a name in a quotation"],
)
def test_name_of_a_pronoun_is_inferred(text: str, name: str) -> None:
    found = told(text, "It opens in May" if "“It" in text else "it opens in May")
    assert found is not None
    assert found.speaker.text.lower() == "she"
    assert found.inferred is not None
    assert found.inferred.text == name


@pytest.mark.parametrize(
    "text",
    [
        "“It opens in May,” she said.",
        TOLD_BEFORE + "Ann Lee was there. “It opens in May,” she said.",
        TOLD_BEFORE + "It rained. It snowed. It rained. “It opens in May,” she said.",
        TOLD_BEFORE.replace("Lena Ross", "Mr. Leon Ross") + "“It opens in May,” she said.",
        TOLD_BEFORE.replace("Lena Ross", "a woman") + "“It opens in May,” she said.",
        TOLD_BEFORE.replace("Lena Ross", "Harbour News") + "“It opens in May,” she said.",
        TOLD_BEFORE.replace("Lena Ross", "Ross") + "“It opens in May,” she said.",
        TOLD_BEFORE + "“It opens in May,” they said.",
        TOLD_BEFORE + "“Who knows?” he added. “It opens in May,” she said.",
    ],
    ids=["nobody", "another", "far", "a man", "no name", "no person", "half a name", "many", "he, then she"],
)
def test_pronoun_stays_one_where_its_name_is_not_sure(text: str) -> None:
    found = told(text, "It opens in May")
    assert found is not None
    assert found.inferred is None


def test_what_was_inferred_is_shown_as_that() -> None:
    text = TOLD_BEFORE + "“It opens in May,” she said."
    found = told(text, "It opens in May")
    assert attribution_in_words(found) == "said by Lena Ross (inferred from “she”)"
    start = text.index("Lena Ross")
    place = {"start": start, "end": start + len("Lena Ross"), "text": "Lena Ross"}
    assert (attribution_to_json(found) or {})["inferred"] == place
    assert (attribution_to_json(told("Ross said it opens in May.", "May")) or {})["inferred"] is None
