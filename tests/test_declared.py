"""The encoding that a page declares: its own, wherever in its head, and nobody else's."""

from pathlib import Path
from time import process_time

import pytest

from embeddings.files.articles import read_articles
from embeddings.files.declared import declared_encoding
from embeddings.files.decoding import decode
from embeddings.types import Article

CASES = Path(__file__).parent / "cases" / "C12"
POLISH = "Rada zgodziła się na budowę, że prace potrwają dwa lata. Łucja Ross."


@pytest.mark.parametrize(
    ("head", "declared"),
    [
        (b"<html><head><meta charset=iso-8859-2>", "iso-8859-2"),
        (b"<meta content='text/html; charset=windows-1251' http-equiv=Content-Type>", "windows-1251"),
        (b'<meta charset="text/html; charset=windows-1254">', "windows-1254"),
        (b"<script charset='utf-8' src=a.js></script><META  CHARSET = ' KOI8-R ' />", "KOI8-R"),
        (b"<link charset=utf-8 rel=x><meta charset=cp1250>", "cp1250"),
        (b"<!-- <meta charset=utf-8> --><meta charset=cp1250>", "cp1250"),
        (b"<script>var a = '<meta charset=utf-8></head>'</script><meta charset=cp1250>", "cp1250"),
        (b"<style>" + b"p{} " * 9_000 + b"</style><title>charset=utf-8</title><meta charset=cp1250>", "cp1250"),
        (b'<meta name=description content="what charset=utf-8 means"><meta charset=cp1250>', "cp1250"),
        (b'<meta name="a" content="1 > 0"><meta charset="&#99;p1250">', "cp1250"),
        (b"<?xml version='1.0' encoding='iso-8859-9'?><rss>", "iso-8859-9"),
        (b"<p>encoding='iso-8859-9' charset=utf-8</p>", ""),
        (b"<head></head><body><meta charset=cp1250>", ""),
        (b"The charset=koi8-r was once in use.", ""),
        (b"<!-- <meta charset=utf-8>", ""),
    ],
)
def test_declaration_is_the_pages_own(head: bytes, declared: str) -> None:
    assert declared_encoding(head) == declared


@pytest.mark.parametrize(
    "name", ["utf-16", "UTF_32", "utf-7", "idna", "punycode", "undefined", "unicode_escape", "hex"]
)
def test_a_declaration_that_cannot_be_is_not_believed(name: str) -> None:
    page = f'<meta charset="{name}"><p>{POLISH}</p>'
    assert POLISH in decode(page.encode("cp1250")).text
    assert POLISH in decode(POLISH.encode("cp1250"), name).text


@pytest.mark.parametrize("name", ["late", "script-first", "plain", "doubled", "iso-8859-9"])
def test_cases_have_the_letters_of_their_languages(name: str) -> None:
    [article] = read_articles([CASES / f"{name}.warc"])
    assert isinstance(article, Article)
    assert ("potrwają dwa lata" in article.text) or ("Işık Sand" in article.text)


@pytest.mark.parametrize("piece", [b"<script ", b"<meta ", b"<!--", b"<meta 'a", b"<title", b"<meta a='b' "])
def test_a_head_without_an_end_takes_little_time(piece: bytes) -> None:
    began = process_time()
    assert declared_encoding(piece * (1_000_000 // len(piece))) == ""
    assert process_time() - began < 3
