"""The training loop: data to a checkpoint's folder with model, tokenizer and training.json."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass

import torch

from embeddings import onnx_models
from qa.reader.model import load_model, save_model, weights_path
from qa.training.average import Average
from qa.training.checkpoint import Learner, Place, load_checkpoint, save_checkpoint, seeded
from qa.training.data import Question, Text, check_weights, split_off, write_questions
from qa.training.epochs import Epochs
from qa.training.features import Batch, Featuriser, collate, pair_tokenizer
from qa.training.held_out import HeldOut, Trial, measure, trials
from qa.training.job import Job
from qa.training.negatives import hard_negatives
from qa.training.objective import freeze, loss, parameter_groups
from qa.training.recipe import Precision, Recipe
from qa.training.report import Outcome, Used, write_report

logger = logging.getLogger(__name__)

HELD_OUT = "held-out.jsonl"
"""The questions about the texts that were held out, in the folder of the result: for the calibration."""

GRADIENT_NORM = 1.0
BETAS = (0.9, 0.98)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step reports: `progress` in [0, 1], `loss` in nats, `tokens` and `seconds` since the training began."""

    number: int
    progress: float
    loss: float
    tokens: int
    seconds: float


def train(job: Job, watch: Callable[[Step], object] = lambda _: None) -> HeldOut:
    """Train a reader, write it to `job.out`, and return how it does on the held-out part.

    `watch` is called after each step.

    Raises:
        FileNotFoundError: if the model to start from, or the checkpoint to resume from, is missing.
        ValueError: if the checkpoint is damaged or of another training.
        OSError: if the result cannot be written.
    """
    training = _Training(job)
    training.run(watch)
    return training.finish()


class _Training:
    """One training: what moves while it goes on."""

    def __init__(self, job: Job) -> None:
        self.job, recipe = job, job.recipe
        torch.manual_seed(recipe.seed)
        self.device = pick_device(job.device)
        self.model = load_model(job.start, dropout=recipe.dropout).to(self.device)
        freeze(self.model, recipe.frozen_layers)
        groups = parameter_groups(self.model, recipe.weight_decay, recipe.layer_decay)
        self.optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=BETAS)
        self.average = Average(self.model.trained(), recipe.average) if recipe.average else None
        self.learner = Learner(self.model, self.optimizer, self.average)
        self.place = Place()
        self.identity = _identity(job)
        if job.resume:
            self.place = load_checkpoint(job.out, self.identity, self.learner)
        self.place.precision = self.place.precision or pick_precision(recipe.precision, self.device).value
        check_weights(recipe.weights, job.data)
        featuriser = Featuriser(job.start / "tokenizer.json", recipe.max_tokens, every_mention=recipe.every_mention)
        usable = [one for one in job.data.questions if featuriser.fits(one)]
        if not usable:
            raise ValueError(
                f"no question left to train on: all {len(job.data.questions)} or their answers are too long"
            )
        questions, held_out = split_off(usable, recipe.held_out_percent)
        self.used = Used(len(questions), len(held_out), len(job.data.questions) - len(usable))
        if not questions:
            raise ValueError("no question left to train on: all are held out; lower held_out_percent")
        self.epochs = Epochs(questions, hard_negatives(questions), featuriser, recipe)
        self.trials = _trials(held_out, questions, recipe)
        job.out.mkdir(parents=True, exist_ok=True)
        write_questions(held_out, job.out / HELD_OUT)
        self.tokenizer = pair_tokenizer(job.start / "tokenizer.json", recipe.max_tokens)

    def run(self, watch: Callable[[Step], object]) -> None:
        """Take steps until the recipe is through, with checkpoints and evaluations in between."""
        place, recipe = self.place, self.job.recipe
        began = time.monotonic() - place.seconds
        saved = evaluated = time.monotonic()
        self.model.train()
        for progress, batch in self._batches():
            value = self._step(batch, recipe.rate(progress))
            place.step, place.batch, place.tokens = place.step + 1, place.batch + 1, place.tokens + batch.ids.numel()
            if self.average:
                self.average.update(place.step)
            place.seconds = time.monotonic() - began
            if time.monotonic() - evaluated >= 60 * recipe.evaluate_minutes:
                self._evaluate(value)
                evaluated = time.monotonic()
            if time.monotonic() - saved >= 60 * recipe.checkpoint_minutes:
                save_checkpoint(self.job.out, self.identity, place, self.learner)
                saved = time.monotonic()
            watch(Step(place.step, progress, value, place.tokens, place.seconds))

    def finish(self) -> HeldOut:
        """Write the model and what is to be known of it, and return how it does."""
        with self._averaged():
            save_model(self.model, self.job.out, self.job.start)
            result = measure(self.model, self.tokenizer, self.trials)
        write_report(self.job.out, self.identity, self.job, Outcome(self.place, self.used, str(self.device), result))
        return result

    def _batches(self) -> Iterator[tuple[float, Batch]]:
        """Yield the batches from the place on, each with the share of the training that is done before it."""
        recipe, place = self.job.recipe, self.place
        while True:
            made = self.epochs.batches(seeded(recipe.seed, place.epoch))
            while place.batch < len(made):
                progress = (place.epoch + place.batch / len(made)) / recipe.epochs
                if recipe.minutes is not None:
                    progress = place.seconds / (60 * recipe.minutes)
                if progress >= 1:
                    return
                yield progress, collate(made[place.batch]).to(self.device)
            place.epoch, place.batch = place.epoch + 1, 0

    def _step(self, batch: Batch, rate: float) -> float:
        """Change the weights by one batch and return its loss before."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        bfloat16 = self.place.precision == Precision.BFLOAT16
        with torch.autocast(self.device.type, torch.bfloat16) if bfloat16 else nullcontext():
            logits = self.model(batch.ids, batch.mask, batch.types)
        recipe = self.job.recipe
        value = loss(logits.float(), batch, relevance_weight=recipe.relevance_weight, own_weight=recipe.own_weight)
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.trained(), GRADIENT_NORM)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return float(value.item())

    def _averaged(self) -> AbstractContextManager[None]:
        """Return a context in which the model has the averaged weights, if any are kept."""
        return self.average.in_place() if self.average else nullcontext()

    def _evaluate(self, value: float) -> None:
        with self._averaged():
            figures = asdict(measure(self.model, self.tokenizer, self.trials))
        place = self.place
        place.curve.append(
            {"step": place.step, "tokens": place.tokens, "seconds": round(place.seconds), "loss": value, **figures}
        )
        logger.info("step %d: held-out EM %.3f, F1 %.3f", place.step, figures["em"], figures["f1"])


def pick_device(name: str) -> torch.device:
    """Return the device of a name; "auto" is CUDA's first if there is one, else the CPU.

    Raises:
        ValueError: if this machine does not have it.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"device {name!r} is none that torch knows; use auto, cpu or cuda") from error
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without CUDA asserts
        raise ValueError(f"device {name!r} is not there: {error}; use --device cpu") from error
    return device


def pick_precision(precision: Precision, device: torch.device) -> Precision:
    """Return how to multiply: if AUTO, in bfloat16 on a GPU, on a CPU if that is measurably faster there.

    CPUs without AMX or AVX512-BF16 take 2.5 times as long in bfloat16 as in float32.
    """
    if precision is not Precision.AUTO:
        return precision
    is_faster = device.type != "cpu" or _seconds(torch.bfloat16) < 0.8 * _seconds(torch.float32)
    return Precision.BFLOAT16 if is_faster else Precision.FLOAT32


def _seconds(kind: torch.dtype) -> float:
    """Return the time of a matrix product on the CPU: the best of five."""
    matrix = torch.ones(768, 768, dtype=kind)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        matrix @ matrix
        times.append(time.perf_counter() - began)
    return min(times)


def _trials(held_out: Sequence[Question], training: Sequence[Question], recipe: Recipe) -> list[Trial]:
    """Return the held-out trials; their negatives come from the held-out texts."""
    if not held_out:
        logger.warning("nothing is held out of %d questions: the figures will be 0", len(training))
        return []
    negatives: list[tuple[Text, ...]] = hard_negatives(held_out)
    return trials(held_out, negatives, recipe.held_out_questions, recipe.seed)


def _identity(job: Job) -> dict[str, str]:
    """Return what makes a training this one: recipe, data, and the model it starts from."""
    start = {"start": job.start.name, "start weights": onnx_models.sha256(weights_path(job.start))}
    return job.recipe.identity() | job.data.identity() | start
