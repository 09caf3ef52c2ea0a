"""Fits the confidence: held-out questions are asked through the whole way, once with and once without their text."""

import gzip
import hashlib
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from embeddings.archive import Archive
from embeddings.encoder import load_encoder
from embeddings.types import Article, Filter
from qa.answers import gather
from qa.confidence import FILE, Calibration, Evidence
from qa.evaluation.measures.calibration import equal_width_bins, expected_calibration_error
from qa.evaluation.measures.metrics import RIGHT, Rules, score_answer
from qa.reader import OnnxReader
from qa.retriever import retrieve
from qa.settings import Settings
from qa.types import Reader

ABSTAIN = 0.8
"""The share of questions without an answer that the threshold abstains from, at least, on the trials."""

LOT = 256
"""Texts are added to the archive in lots of this many."""

RIDGE = 1e-3
"""The weight of the squared coefficients in what is minimised."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its accepted answers, and the id of the text that answers it."""

    question: str
    answers: tuple[str, ...]
    article: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The evidence for each answer to one question, and whether it is right; none is, if the text was taken away."""

    evidence: tuple[Evidence, ...]
    right: tuple[bool, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How a calibration does on trials it was not fitted on, each half judged by the fit on the other."""

    calibration: Calibration
    trials: int
    first_right: float
    ece: float
    abstained_rightly: float
    answered_rightly: float


def calibrate(data: Sequence[Path], among: Sequence[Path], folder: Path, most: int) -> CalibrationReport:
    """Fit and save the calibration of a reader, and return how well the same procedure does on halves held out.

    `most` questions of each data file are asked over an archive of the texts of all files.

    Raises:
        ValueError: if the data is not reader data.
        FileNotFoundError: if a file or the reader is missing.
    """
    from tqdm import tqdm

    settings = Settings.from_env()
    reader, encoder = OnnxReader(folder), load_encoder(settings.encoder, settings.cache)
    asked, texts = [], dict[str, str]()
    for path in (*data, *among):
        found, held = read_asked(path)
        texts |= held
        asked += sample(found, most) if path in data else []
    with TemporaryDirectory() as temporary:
        archive = Archive.create(Path(temporary) / "archive", encoder)
        with tqdm(total=len(texts), unit=" texts", disable=None) as filling:
            fill(archive, texts, filling.update)
        trials = [
            trial for one in tqdm(asked, unit=" questions") for trial in ask_twice(archive, reader, one, settings)
        ]
        archive.close()
    random.Random(0).shuffle(trials)
    halves = trials[::2], trials[1::2]
    judged = [judge(fit(halves[1 - side], ""), halves[side]) for side in (0, 1)]
    calibration = fit(trials, ", ".join(f"{path.name}, {most} questions at most" for path in data))
    save(calibration, folder)
    return _mean_report(calibration, judged)


def read_asked(path: Path) -> tuple[list[Asked], dict[str, str]]:
    """Return the questions of a reader data file (.jsonl or .jsonl.gz) and its texts by the ids they get.

    Raises:
        ValueError: if a line is not an object with question, text and answers, naming file and line.
    """
    asked, texts = [], {}
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
                question, text = str(record["question"]), str(record["text"])
                answers = tuple(str(answer["text"]) for answer in record["answers"])
            except (ValueError, KeyError, TypeError) as error:
                wanted = "an object with question, text and answers"
                raise ValueError(f"{path}, line {number}: expected {wanted}, got {line[:80]!r}") from error
            name = hashlib.sha256(text.encode()).hexdigest()[:12]
            texts[name] = text
            asked.append(Asked(question, answers, name))
    return asked, texts


def fill(archive: Archive, texts: dict[str, str], progress: Callable[[int], object]) -> None:
    """Put texts into an archive as articles without title, outlet or date."""
    articles = [Article(name, text, "") for name, text in texts.items()]
    for start in range(0, len(articles), LOT):
        lot = articles[start : start + LOT]
        archive.add(lot)
        progress(len(lot))
    archive.refresh()


def ask_twice(archive: Archive, reader: Reader, asked: Asked, settings: Settings) -> Iterator[Trial]:
    """Yield the trial of a question over the archive, and the one over the archive without the text that answers it."""
    found = retrieve(archive, asked.question, Filter(), replace(settings, k=2 * settings.k)).hits
    readings = reader.read(asked.question, [hit.passage for hit in found])
    pairs = list(zip(found, readings, strict=True))
    for answerable in (True, False):
        kept = [pair for pair in pairs if answerable or pair[0].passage.article.id != asked.article][: settings.k]
        groups = gather([hit for hit, _ in kept], [reading for _, reading in kept])
        right = [score_answer(group.best.text, list(asked.answers), Rules.V2).f1 >= RIGHT for group in groups]
        yield Trial(tuple(group.evidence for group in groups), tuple(right), answerable)


def fit(trials: Sequence[Trial], fitted_on: str) -> Calibration:
    """Return the logistic regression over all answers of all trials that is likeliest, and the best threshold for it.

    No weight is negative, so that more evidence never means less confidence.
    """
    from scipy.optimize import minimize

    features, right = _matrix(trials)
    names = [field.name for field in fields(Evidence)]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = features @ weights
        error = 1 / (1 + np.exp(-logits)) - right
        value = np.logaddexp(0, logits) - right * logits
        return float(value.mean() + RIDGE * weights @ weights), features.T @ error / len(right) + 2 * RIDGE * weights

    bounds = [(None, None)] + [(0, None)] * len(names)
    found = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = dict(zip(["bias", *names], (round(float(weight), 4) for weight in found), strict=True))
    return with_threshold(Calibration(**weights, threshold=0.5, fitted_on=fitted_on), trials)


def with_threshold(calibration: Calibration, trials: Sequence[Trial]) -> Calibration:
    """Return the calibration with the least threshold that withholds the answer to enough questions without their text.

    Without such trials it is 0.
    """
    firsts = [_first(calibration, trial) for trial in trials]
    without = [confidence for confidence, _, answerable in firsts if not answerable]
    threshold = float(np.quantile(without, ABSTAIN, method="higher")) if without else 0.0
    return replace(calibration, threshold=min(1.0, math.floor(100 * threshold + 1) / 100))


def judge(calibration: Calibration, trials: Sequence[Trial]) -> CalibrationReport:
    """Return how a calibration does on trials."""
    firsts = [_first(calibration, trial) for trial in trials]
    confidences = [confidence for confidence, _, _ in firsts]
    right = np.array([right for _, right, _ in firsts])
    answerable = np.array([answerable for _, _, answerable in firsts])
    shown = np.array(confidences) >= calibration.threshold
    return CalibrationReport(
        calibration,
        trials=len(trials),
        first_right=float(right[answerable].mean()),
        ece=expected_calibration_error(equal_width_bins(confidences, right.astype(float).tolist())),
        abstained_rightly=float((~shown)[~answerable].mean()),
        answered_rightly=float((shown & right)[answerable].mean()),
    )


def save(calibration: Calibration, reader: Path) -> None:
    """Write the calibration into a reader's folder."""
    (reader / FILE).write_text(json.dumps(asdict(calibration), indent=1) + "\n", encoding="utf-8")


def sample(asked: Sequence[Asked], most: int, seed: int = 0) -> list[Asked]:
    """Return at most that many questions, drawn at random, the same ones every time."""
    return list(asked) if len(asked) <= most else random.Random(seed).sample(list(asked), most)


def _first(calibration: Calibration, trial: Trial) -> tuple[float, bool, bool]:
    """Return the confidence of a trial's first answer, whether it is right, and whether the trial is answerable."""
    rated = [(calibration.confidence(one), right) for one, right in zip(trial.evidence, trial.right, strict=True)]
    confidence, right = max(rated, key=lambda pair: pair[0], default=(0.0, False))
    return confidence, right, trial.answerable


def _matrix(trials: Sequence[Trial]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = [(1.0, *evidence.bounded()) for trial in trials for evidence in trial.evidence]
    right = [float(right) for trial in trials for right in trial.right]
    return np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64)


def _mean_report(calibration: Calibration, judged: Sequence[CalibrationReport]) -> CalibrationReport:
    def mean(name: str) -> float:
        return float(np.mean([getattr(report, name) for report in judged]))

    return CalibrationReport(
        calibration,
        trials=sum(report.trials for report in judged),
        first_right=mean("first_right"),
        ece=mean("ece"),
        abstained_rightly=mean("abstained_rightly"),
        answered_rightly=mean("answered_rightly"),
    )
