"""The wheel, in an environment with the packages it needs and without the project: it indexes, serves and answers."""

import json
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path
from urllib.parse import quote

import pytest

from embeddings.encoder import OnnxEncoder
from processes import TESTS, environment, serving

pytestmark = [pytest.mark.slow, pytest.mark.model]

QUESTION = "What did the envoys sign in Lamu?"
ARTICLE = "date 2023-05-04 By Gazette\n\nThe envoys of Zanzibar signed a fishing treaty in Lamu on Thursday."


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False, env=environment()
    )


def pip(*arguments: object, cwd: Path) -> None:
    done = run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def program(encoder: OnnxEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`pressmark` as the wheel installs it. The encoder is compiled."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("embeddings", "qa", "web"):
        shutil.copytree(TESTS.parent / name, folder / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(TESTS.parent / name, folder / "source")
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, folder / "source", cwd=folder)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    # As paths, so that what these folders say of the project, which is installed in place, is not read.
    (packages / "others.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    python = folder / "venv" / "bin" / "python"
    pip("--python", python, "install", "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=folder)
    return python.with_name("pressmark")


def test_an_installed_program_without_an_archive_says_how_to_make_one(program: Path, tmp_path: Path) -> None:
    done = run(program, "ask", QUESTION, cwd=tmp_path)
    said = "Error: there is no archive in .pressmark; make one with: pressmark index PATH...\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


def test_an_installed_program_indexes_answers_and_serves(program: Path, tmp_path: Path) -> None:
    (tmp_path / "envoys.txt").write_text(ARTICLE, encoding="utf-8")
    done = run(program, "index", "envoys.txt", cwd=tmp_path)
    said = ".pressmark: 1 article read: 1 added, 0 changed, 0 unchanged; 0 not read\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    done = run(program, "ask", QUESTION, "--json", cwd=tmp_path)
    assert "fishing treaty" in json.loads(done.stdout)["answers"][0]["text"]
    with serving(Path(".pressmark"), program, tmp_path) as server:
        assert (
            "fishing treaty" in json.loads(server.get(f"/api/v1/ask?question={quote(QUESTION)}"))["answers"][0]["text"]
        )
        assert b"<mark" in server.get(f"/?q={quote(QUESTION)}")
        assert server.get("/static/style.css")
        assert "Traceback" not in server.stop(signal.SIGINT)
