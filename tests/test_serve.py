"""`pressmark serve` and `pressmark ask` as whole processes: ready when they say so, gone when told so."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from conftest import SEEDS
from embeddings.command_line import WrongUse
from embeddings.encoder import OnnxEncoder
from processes import PRESSMARK, Running, environment, serving
from web import commands
from web.admission import listen

pytestmark = pytest.mark.slow

QUESTION = "What did Azerbaijan's ombudswoman sign with her Moroccan counterpart?"

SECONDS = 10
"""Seconds within which what was indexed is found."""


@pytest.fixture
def archive(encoder: OnnxEncoder, tmp_path: Path) -> Path:
    """Where no archive is; the encoder is compiled, so that no server has to."""
    return tmp_path / "archive"


@pytest.mark.model
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_answers_once_it_says_so_and_ends_at_once(archive: Path, cache: Path, number: signal.Signals) -> None:
    with serving(archive) as server:
        assert str(cache / "seeds") in server.said
        health = json.loads(server.get("/api/v1/health"))
        assert (health["status"], health["articles"]) == ("ok", 2)
        prediction = json.loads(server.get(f"/api/v1/ask?question={quote(QUESTION)}"))
        assert "memorandum of understanding" in prediction["answers"][0]["text"]
        assert prediction["answers"][0]["article"]["published"] == "2022-10-19"
        assert b"<mark" in server.get(f"/?q={quote(QUESTION)}")
        stderr = server.stop(number)
    assert server.process.returncode in {0, 128 + number}
    assert "Traceback" not in stderr
    assert f"There is no archive in {archive} yet: asking the seed articles in {SEEDS};" in stderr
    assert not archive.exists()


@pytest.mark.model
def test_a_server_of_the_seeds_answers_all_along_and_takes_over_the_archive_made_meanwhile(
    archive: Path, tmp_path: Path
) -> None:
    news = tmp_path / "news.jsonl"
    articles = [{"id": f"filler {n}", "text": f"Report {n} is about the weather. " * 40} for n in range(40)]
    articles.append({"id": "envoys", "text": "The envoys of Zanzibar met in Lamu.", "published": "2023-05-04"})
    news.write_text("".join(f"{json.dumps(each)}\n" for each in articles), encoding="utf-8")
    path = f"/api/v1/ask?question={quote('Where did the envoys of Zanzibar meet?')}"

    def answers(server: Running) -> list[str]:
        return [answer["text"] for answer in json.loads(server.get(path))["answers"]]

    with serving(archive) as server:
        assert "Lamu" not in answers(server)
        with subprocess.Popen([PRESSMARK, "index", news, "--archive", archive], env=environment()) as indexing:
            while indexing.poll() is None:
                answers(server)
        assert indexing.returncode == 0
        until = time.monotonic() + SECONDS
        while "Lamu" not in answers(server):
            assert time.monotonic() < until
        assert json.loads(server.get("/api/v1/health"))["articles"] == len(articles)


@pytest.mark.model
def test_serve_ends_at_once_with_a_client_still_connected(archive: Path) -> None:
    with serving(archive) as server:
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        idle.request("GET", "/api/v1/health", headers={"Connection": "keep-alive"})
        assert idle.getresponse().read()
        stderr = server.stop(signal.SIGINT)
        idle.close()
    assert "Traceback" not in stderr


def test_serve_on_a_port_in_use_says_so_before_it_loads_anything(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [PRESSMARK, "serve", "--port", str(port), "--archive", tmp_path / "archive"],
            capture_output=True,
            text=True,
            check=False,
            env=environment(PRESSMARK_READER=str(tmp_path / "nowhere")),  # loading it would fail, with status 1
        )
    said = f"Error: cannot listen on 127.0.0.1, port {port}: Address already in use; name another port with --port\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert list(tmp_path.iterdir()) == []


def test_port_is_taken_as_soon_as_a_server_starts() -> None:
    with (
        listen("127.0.0.1", 0) as first,
        pytest.raises(WrongUse, match=r"port [0-9]+: Address already in use; name another port with --port"),
    ):
        listen("127.0.0.1", first.getsockname()[1])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "70000"], "70000 is not in the range 0<=x<=65535"),
        (["--port", "http"], "'http' is not a valid integer"),
        (["--host", "203.0.113.1", "--port", "0", "--public"], "cannot listen on 203.0.113.1, port 0: "),
    ],
)
def test_serve_refuses_an_address_that_cannot_be(options: list[str], said: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(commands.main, ["serve", "--archive", str(tmp_path / "archive"), *options])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_serve_without_a_reader_says_so_and_exits(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").touch()
    done = subprocess.run(
        [PRESSMARK, "serve", "--port", "0", "--archive", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PRESSMARK_READER=str(tmp_path / "nowhere")),
    )
    said = f"Error: the reader in {tmp_path}/nowhere has neither reader.json nor config.json; make one with: "
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}pressmark train export\n")


@pytest.mark.model
def test_ask_as_a_process_prints_a_plain_answer_when_piped(archive: Path) -> None:
    command = [str(PRESSMARK), "ask", QUESTION, "--archive", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    assert done.stdout.splitlines()[0].startswith("memorandum of understanding")
    assert "  Azernews · 19 October 2022 · Vugar Khalilov · " in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.model
def test_ask_and_indexing_the_seeds_load_neither_torch_nor_transformers(encoder: OnnxEncoder, tmp_path: Path) -> None:
    code = (
        "import sys; from web.commands import main\n"
        "main(['ask', *sys.argv[1:]], standalone_mode=False)\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", code, QUESTION, "--archive", str(tmp_path / "archive")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    assert "There is no archive" in done.stderr
    assert done.stdout.startswith("memorandum of understanding")
    assert done.stdout.splitlines()[-1] == "[]"
