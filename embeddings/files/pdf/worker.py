"""The process that opens PDFs: `python -m embeddings.files.pdf.worker`, spoken to by `process`.

It reads requests from standard input, a line of JSON each, and answers each with a line of JSON, and bytes behind it
where the line says how many.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.files.pdf.engine import EngineError, Opened, RawPage
from embeddings.files.pdf.glyphs import Word


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    opened: Opened | None = None
    for line in requests:
        request = json.loads(line)
        picture = b""
        try:
            if request["do"] == "open":
                opened = Opened(requests.read(request["bytes"]) if "bytes" in request else Path(request["path"]))
                answer: dict[str, Any] = {"count": opened.count, **opened.stated()}
            elif request["do"] == "close":
                opened, answer = None, {}
            elif opened is None:
                answer = {"error": "nothing is open"}
            elif request["do"] == "page":
                answer = _page(opened.page(request["number"]))
            else:
                picture = opened.drawn(request["number"], request["per_inch"])
                answer = {"bytes": len(picture)}
        except EngineError as error:
            answer = {"error": str(error), "locked": error.locked}
        except MemoryError:
            answer = {"error": "takes more memory than it may"}
        answers.write(json.dumps(answer).encode("ascii") + b"\n" + picture)
        answers.flush()


def bound_memory(size: int) -> None:
    """Let this process take at most so many bytes, where the system can see to it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _page(page: RawPage) -> dict[str, Any]:
    return {**asdict(page), "words": list(map(_row, page.words)), "unseen": list(map(_row, page.unseen))}


def _row(word: Word) -> Sequence[object]:
    places = (round(place, 2) for place in (word.left, word.right, word.base, word.size))
    return [word.text, *places, word.bold]


if __name__ == "__main__":
    bound_memory(int(sys.argv[1]))
    serve(sys.stdin.buffer, sys.stdout.buffer)
