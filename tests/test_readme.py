"""The README is tested: its commands, targets, settings, addresses and links exist."""

import json
import re
import shlex
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.reading import Readers
from qa.settings import Settings
from web.api.predictions import Prediction
from web.commands import main
from web_fakes import FakePipeline, app_over, signed_prediction

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

MAKEFILES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "Makefile", *sorted(ROOT.glob("qa/*/*.mk"))))

DOCS = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("articles.md", "agents.md", "operations.md")]
PAGES = "\n".join([README, *DOCS])

BLOCKS = "\n".join(re.findall(r"^```\w*\n(.*?)^```", PAGES, re.DOTALL | re.MULTILINE))
SPANS = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", PAGES, flags=re.DOTALL | re.MULTILINE))
LINES = [line.removeprefix("$ ").strip() for line in BLOCKS.replace("\\\n", " ").splitlines()] + SPANS


def leaves(command: click.Command, name: str) -> dict[str, click.Command]:
    """Return the commands that do something, by all the words that call them."""
    if isinstance(command, click.Group):
        below = [leaves(found, f"{name} {word}") for word, found in command.commands.items()]
        return {words: found for group in below for words, found in group.items()}
    return {name: command}


COMMANDS = leaves(main, "pressmark")
SHOWN = sorted({line for line in LINES if line.startswith("pressmark ")})
TARGETS = sorted({target for line in LINES for target in re.findall(r"^make ([\w-]+)", line)})
VARIABLES = {f"PRESSMARK_{field.name.upper()}": field.name for field in fields(Settings)}
ROWS = dict(re.findall(r"^\| `(PRESSMARK_\w+)` \| (.+?) \|", README, re.MULTILINE))
ADDRESSES = sorted({urlsplit(found).path for found in re.findall(r"http://127\.0\.0\.1:8000(/[^\s'\"`]*)", README)})
NOT_FIXED = {"PRESSMARK_CACHE", "PRESSMARK_FEEDBACK", "PRESSMARK_THRESHOLD", "PRESSMARK_ANSWERABLE"}
"""Settings whose default depends on something else."""
PLACES = sorted({span for span in SPANS if re.fullmatch(r"(?:embeddings|qa|web|docs|tests)/[\w./-]*", span)})
LINKS = sorted({link for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link})


def called(line: str) -> str:
    """Return the words at the start of a line that name a command."""
    return max((words for words in COMMANDS if f"{line} ".startswith(f"{words} ")), key=len, default="")


def test_readme_shows_something_of_everything_tested_here() -> None:
    assert min(len(SHOWN), len(TARGETS), len(ROWS), len(ADDRESSES), len(LINKS)) >= 2


@pytest.mark.parametrize("line", SHOWN)
def test_command_in_the_readme_can_be_typed(line: str) -> None:
    words = called(line)
    assert words, f"there is no such command; there are {', '.join(COMMANDS)}"
    arguments = shlex.split(line.removeprefix(words), comments=True)
    COMMANDS[words].make_context(words, arguments, resilient_parsing=False)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_in_the_readme(words: str) -> None:
    assert words in {called(line) for line in SHOWN}


@pytest.mark.parametrize("target", TARGETS)
def test_make_target_in_the_readme_exists(target: str) -> None:
    assert target in re.findall(r"^([\w-]+):", MAKEFILES, re.MULTILINE)


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    assert set(ROWS) == set(VARIABLES)
    assert set(re.findall(r"PRESSMARK_\w+", README)) == set(VARIABLES)


@pytest.mark.parametrize("variable", sorted(set(VARIABLES) - NOT_FIXED))
def test_default_in_the_readme_is_the_setting_s(variable: str) -> None:
    default = getattr(Settings(), VARIABLES[variable])
    assert ROWS[variable].strip("`") == str(default)


def test_python_in_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    signed = Article("a", "In Baku Ali Veli signed the agreement.", "", published="2022-10", outlet="Azernews")
    with closing(Archive.create(tmp_path / ".pressmark", FakeEncoder())) as archive:
        add(archive, [signed])
    loaded = Readers(FakeReader({"Ali Veli": 9.0}), Calibration(margin=1.0))
    monkeypatch.setattr("qa.pipeline.load_encoder", lambda *_: FakeEncoder())
    monkeypatch.setattr("qa.pipeline.load_readers", lambda _: loaded)
    monkeypatch.delenv("PRESSMARK_ARCHIVE", raising=False)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == "Ali Veli Azernews 2022-10 8 16\n"


@pytest.mark.parametrize("path", ADDRESSES)
def test_address_in_the_readme_exists(path: str) -> None:
    assert app_over(FakePipeline()).url_map.bind("127.0.0.1").allowed_methods(path)


def test_every_operation_of_the_endpoint_is_in_the_readme_and_no_other() -> None:
    paths = app_over(FakePipeline()).test_client().get("/api/v1/openapi.json").get_json()["paths"]
    offered = {f"{method.upper()} {path.removeprefix('/api/v1')}" for path in paths for method in paths[path]}
    (table,) = re.findall(r"^\| below `/api/v1` \|.*?\n\n", README, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`([A-Z]+ /[^`]*)`", table)) == offered


def test_answer_in_the_readme_and_in_the_document_is_as_the_endpoint_gives_it() -> None:
    """Whoever adds a name to the JSON adds it in web/api/predictions.py and in the README, too."""
    (shown,) = re.findall(r"^```json\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    body = app_over(FakePipeline(signed_prediction())).test_client().get("/api/v1/ask?question=Who").get_json()
    assert set(json.loads(shown)) == set(body["answers"][0])
    Prediction.model_validate(body, strict=False)


@pytest.mark.parametrize("link", LINKS)
def test_link_in_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link.split("#", maxsplit=1)[0]).exists()


@pytest.mark.parametrize("place", PLACES)
def test_place_that_is_named_is_there(place: str) -> None:
    assert (ROOT / place).exists()
