"""The training loop: data to a checkpoint's folder with model, tokenizer and training.json."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace

import torch

from embeddings import onnx_models
from qa.reader.model import load_model, save_model, weights_path
from qa.training.checkpoint import Learner, Progress, load_checkpoint, save_checkpoint
from qa.training.data import Example, Text, check_sources, split_off, write_questions
from qa.training.ema import MovingAverage
from qa.training.epochs import Epochs
from qa.training.features import Featuriser, Group, TrainingBatch, collate, pair_tokenizer
from qa.training.job import Job
from qa.training.negatives import hard_negatives
from qa.training.objective import Weights, agreeing, freeze, loss, parameter_groups
from qa.training.recipe import Precision, Recipe
from qa.training.report import Trained, Used, write_report
from qa.training.teacher import KeptTargets, SoftTargets, Teacher
from qa.training.validation import Validation, ValidationExample, measure, trials

logger = logging.getLogger(__name__)

HELD_OUT = "held-out.jsonl"
"""The questions about the texts that were held out, in the folder of the result: for the calibration."""

SOFT_TARGETS = "soft-targets"
"""The folder, in that of the result, where what a teacher says is kept."""

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


def train(job: Job, watch: Callable[[Step], object] = lambda _: None) -> Validation:
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


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A batch, and what the teacher says of it, None without one."""

    batch: TrainingBatch
    taught: SoftTargets | None


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
        self.ema = MovingAverage(self.model.trained(), recipe.ema) if recipe.ema else None
        self.learner = Learner(self.model, self.optimizer, self.ema)
        self.progress = Progress()
        self.identity = _identity(job)
        if job.resume:
            self.progress = load_checkpoint(job.out, self.identity, self.learner)
        self.progress.precision = self.progress.precision or pick_precision(recipe.precision, self.device).value
        check_sources(recipe.weights, job.data.sources, "weighted")
        if recipe.doubtful and job.teacher is None:
            raise ValueError(f"the answers of {recipe.doubtful} are doubtful, which takes a teacher; give one")
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
        self.epochs = Epochs(questions, hard_negatives(questions), featuriser, recipe, workers=job.workers)
        self.teacher = self._opened_teacher()
        self.trials = _trials([one for one in held_out if one.answered], questions, recipe)
        job.out.mkdir(parents=True, exist_ok=True)
        write_questions(held_out, job.out / HELD_OUT)
        self.tokenizer = pair_tokenizer(job.start / "tokenizer.json", recipe.max_tokens)

    def run(self, watch: Callable[[Step], object]) -> None:
        """Take steps until the recipe is through, with checkpoints and evaluations in between."""
        progress, recipe = self.progress, self.job.recipe
        began = time.monotonic() - progress.seconds
        saved = evaluated = time.monotonic()
        self.model.train()
        for done, lesson in self._batches():
            value = self._step(lesson, recipe.rate(done))
            progress.step, progress.batch = progress.step + 1, progress.batch + 1
            progress.tokens += lesson.batch.ids.numel()
            if self.ema:
                self.ema.update(progress.step)
            progress.seconds = time.monotonic() - began
            if time.monotonic() - evaluated >= 60 * recipe.evaluate_minutes:
                self._evaluate(value)
                evaluated = time.monotonic()
            if time.monotonic() - saved >= 60 * recipe.checkpoint_minutes:
                save_checkpoint(self.job.out, self.identity, progress, self.learner)
                saved = time.monotonic()
            watch(Step(progress.step, done, value, progress.tokens, progress.seconds))

    def finish(self) -> Validation:
        """Write the model and what is to be known of it, and return how it does."""
        with self._averaged():
            save_model(self.model, self.job.out, self.job.start)
            result = measure(self.model, self.tokenizer, self.trials)
        write_report(self.job.out, self.identity, self.job, Trained(self.progress, self.used, str(self.device), result))
        return result

    def _opened_teacher(self) -> Teacher | KeptTargets | None:
        """Return what says what the teacher makes of windows: kept on disk, but on a GPU, which reads as fast."""
        job = self.job
        if job.teacher is None:
            return None
        bfloat16 = self.progress.precision == Precision.BFLOAT16
        teacher = Teacher(job.teacher, job.start / "tokenizer.json", device=self.device, bfloat16=bfloat16)
        return KeptTargets(job.out / SOFT_TARGETS, teacher) if self.device.type == "cpu" else teacher

    def _batches(self) -> Iterator[tuple[float, _Lesson]]:
        """Yield the batches from where it stands on, each with the share of the training that is done before it.

        While one is learnt from, the next is put together, and the next epoch's are prepared.
        """
        recipe, progress = self.job.recipe, self.progress
        with ThreadPoolExecutor(1) as preparing, ThreadPoolExecutor(1) as collating:
            coming = preparing.submit(self.epochs.batches, progress.epoch)
            while True:
                made = coming.result()
                if recipe.minutes is not None or progress.epoch + 1 < recipe.epochs:
                    coming = preparing.submit(self.epochs.batches, progress.epoch + 1)
                following = collating.submit(self._lesson, made, progress.batch)
                while progress.batch < len(made):
                    done = (progress.epoch + progress.batch / len(made)) / recipe.epochs
                    if recipe.minutes is not None:
                        done = progress.seconds / (60 * recipe.minutes)
                    if done >= 1:
                        return
                    lesson = following.result()
                    following = collating.submit(self._lesson, made, progress.batch + 1)
                    yield done, lesson
                progress.epoch, progress.batch = progress.epoch + 1, 0

    def _lesson(self, made: Sequence[Sequence[Group]], number: int) -> _Lesson:
        """Return the batch of a number, from 0, and what the teacher says of it; beyond the last one, the last."""
        groups = made[min(number, len(made) - 1)]
        batch = collate(groups)
        if self.teacher is None:
            return _Lesson(batch.to(self.device), None)
        taught = self.teacher.targets([feature for group in groups for feature in group])
        trusted = batch.labelled & (~batch.doubtful | agreeing(batch, taught))
        return _Lesson(replace(batch, labelled=trusted).to(self.device), taught.to(self.device))

    def _step(self, lesson: _Lesson, rate: float) -> float:
        """Change the weights by one batch and return its loss before."""
        batch, taught = lesson.batch, lesson.taught
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        bfloat16 = self.progress.precision == Precision.BFLOAT16
        with torch.autocast(self.device.type, torch.bfloat16) if bfloat16 else nullcontext():
            logits = self.model(batch.ids, batch.mask, batch.types)
        recipe = self.job.recipe
        weights = Weights(recipe.own_weight, recipe.relevance_weight, recipe.soft_weight, recipe.temperature)
        value = loss(logits.float(), batch, weights, taught)
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.trained(), GRADIENT_NORM)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return float(value.item())

    def _averaged(self) -> AbstractContextManager[None]:
        """Return a context in which the model has the averaged weights, if any are kept."""
        return self.ema.in_place() if self.ema else nullcontext()

    def _evaluate(self, value: float) -> None:
        with self._averaged():
            figures = asdict(measure(self.model, self.tokenizer, self.trials))
        progress = self.progress
        progress.curve.append(
            {
                "step": progress.step,
                "tokens": progress.tokens,
                "seconds": round(progress.seconds),
                "loss": value,
                **figures,
            }
        )
        logger.info("step %d: held-out EM %.3f, F1 %.3f", progress.step, figures["em"], figures["f1"])


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


def _trials(held_out: Sequence[Example], training: Sequence[Example], recipe: Recipe) -> list[ValidationExample]:
    """Return the held-out trials; their negatives come from the held-out texts."""
    if not held_out:
        logger.warning("nothing is held out of %d questions: the figures will be 0", len(training))
        return []
    negatives: list[tuple[Text, ...]] = hard_negatives(held_out)
    return trials(held_out, negatives, recipe.held_out_questions, recipe.seed)


def _identity(job: Job) -> dict[str, str]:
    """Return what makes a training this one: recipe, data, and the model it starts from."""
    start = {"start": job.start.name, "start weights": onnx_models.sha256(weights_path(job.start))}
    teacher = {"teacher": onnx_models.sha256(weights_path(job.teacher)) if job.teacher else ""}
    return job.recipe.identity() | job.data.identity() | start | teacher
