"""What stands on a page and where, asked here and by way of the process that asks for everybody else."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embeddings.files.pdf.engine import EngineError, Opened, RawPage
from embeddings.files.pdf.process import MEMORY, Source, opened
from embeddings.files.pdf.worker import bound_memory, serve
from pdf_layouts import LAYOUTS
from pdf_writer import Page, written

CASES = Path(__file__).parent / "cases"


def asked(*requests: tuple[dict[str, Any], bytes]) -> list[Any]:
    """Return the worker's answers; where bytes stand behind one, these."""
    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(json.dumps(request).encode() + b"\n" + data for request, data in requests)), answers)
    answers.seek(0)
    found = []
    while line := answers.readline():
        answer = json.loads(line)
        found.append(answers.read(answer["bytes"]) if "bytes" in answer else answer)
    return found


def opening(data: bytes) -> tuple[dict[str, Any], bytes]:
    return {"do": "open", "bytes": len(data)}, data


def page(number: int) -> tuple[dict[str, Any], bytes]:
    return {"do": "page", "number": number}, b""


def rounded(found: RawPage) -> list[tuple[object, ...]]:
    return [
        (word.text, round(word.left, 2), round(word.right, 2), round(word.base, 2), round(word.size, 2), word.bold)
        for word in found.words
    ]


@pytest.mark.parametrize("name", ["one column", "captioned", "stamped", "boxed"])
def test_the_process_says_what_the_engine_says(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(LAYOUTS[name]().data)
    here = Opened(path)
    with opened(Source(path)) as there:
        assert (there.count, there.title, there.author) == (here.count, "", "")
        for number in range(1, here.count + 1):
            one, other = here.page(number), there.page(number)
            assert rounded(one) == rounded(other)
            assert (one.turned, one.pictured, one.drawings) == (other.turned, other.pictured, other.drawings)


def test_a_page_s_words_have_their_places() -> None:
    drawn = Page()
    drawn.text(60, 742, "Wall fi", 20, "F2")
    drawn.turned(560, 700, "PHOTO")
    drawn.picture(0, 0, 595, 421)
    drawn.line(60, 500, 300, 500)
    drawn.frame(60, 200, 300, 400)
    found = Opened(written([drawn])).page(1)
    wall, other = found.words
    assert (wall.text, wall.left, wall.base, wall.size, wall.bold) == ("Wall", 60, 100, 20, True)
    assert (wall.top, wall.bottom) == (85, 105)
    assert other.text == "fi"
    assert found.turned == ["PHOTO"]
    assert found.pictured == pytest.approx(0.5)
    assert [[round(place) for place in rule] for rule in found.rules] == [[60, 342, 300, 342]]
    assert [[round(place) for place in box] for box in found.boxes] == [[60, 442, 300, 642]]
    assert found.drawings == 2


@pytest.mark.parametrize(("rotate", "first"), [(0, (60, 142)), (90, (700, 60)), (180, (535, 700)), (270, (142, 535))])
def test_places_are_those_of_the_page_as_it_is_seen(rotate: int, first: tuple[int, int]) -> None:
    matrix = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}[rotate]
    drawn = Page(rotate=rotate)
    drawn.turned(60, 700, "Rain", 10, matrix)
    [word] = Opened(written([drawn])).page(1).words
    assert (round(word.left), round(word.base)) == first


def test_letters_drawn_as_one_are_two() -> None:
    words = [word.text for word in Opened(CASES / "C04" / "ligatures.pdf").page(1).words]
    assert words[:3] == ["Officer", "confirms", "flood"]
    assert "officer" in words


def test_a_page_is_drawn_grey_in_the_size_asked_for() -> None:
    picture = Opened(written([Page(width=144, height=72)])).drawn(1, 100)
    assert picture.startswith(b"P5 200 100 255\n")
    assert picture[-20_000:] == b"\xff" * 20_000


def test_requests_are_answered_one_after_the_other() -> None:
    drawn = Page(width=72, height=72)
    drawn.text(10, 36, "Rain")
    draw: tuple[dict[str, Any], bytes] = ({"do": "draw", "number": 1, "per_inch": 72}, b"")
    data = written([drawn], title="Wet", author="Ann Lee")
    first, found, picture, beyond, closed, after = asked(
        opening(data), page(1), draw, page(2), ({"do": "close"}, b""), page(1)
    )
    assert first == {"count": 1, "title": "Wet", "author": "Ann Lee"}
    assert [word[0] for word in found["words"]] == ["Rain"]
    assert picture.startswith(b"P5 72 72 255\n")
    assert beyond["error"] == "is damaged"
    assert closed == {}
    assert after == {"error": "nothing is open"}


def test_what_is_no_pdf_is_refused_and_the_next_one_read() -> None:
    refused, first = asked(opening(b"no PDF"), opening(written([Page()])))
    assert refused["locked"] is False
    assert first["count"] == 1
    with pytest.raises(EngineError, match="Failed to load document"):
        Opened(b"no PDF")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there, the memory of a process is not bounded")
def test_the_process_may_take_so_much_memory() -> None:
    code = "from embeddings.files.pdf.worker import bound_memory; bound_memory(10**9); bytearray(2 * 10**9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
    assert MEMORY == 2_000_000_000
    assert bound_memory.__doc__ is not None
