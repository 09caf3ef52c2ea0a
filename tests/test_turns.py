"""Bounds on what is asked at once: who waits, who is told to come again, and who is gone."""

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from werkzeug.exceptions import ServiceUnavailable

from processes import wait_until
from qa.types import Prediction
from web.requests import current_pipeline
from web.turns import LOOK, Turns
from web_fakes import FakePipeline, app_over, signed_prediction

ASK = "/api/v1/ask?question=Who"


def here() -> bool:
    return False


class Slow(FakePipeline):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__(signed_prediction())
        self.go = threading.Event()

    def ask(self, *args: object, **kwargs: object) -> Prediction:
        assert self.go.wait(60)
        return super().ask(*args, **kwargs)  # type: ignore[arg-type]


def in_threads(count: int, do: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=do) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_one_more_than_may_wait_is_told_so_at_once() -> None:
    pipeline, statuses = Slow(), list[int]()
    turns = Turns(at_once=2, waiting=1, patience=60)
    app = app_over(pipeline, TURNS=turns)
    threads = in_threads(3, lambda: statuses.append(app.test_client().get(ASK).status_code))
    wait_until(lambda: (turns.running, turns.waiting) == (2, 1))
    began = time.monotonic()
    response = app.test_client().get(ASK)
    assert time.monotonic() - began < 30  # and not when its patience ends
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert response.get_json()["detail"] == "Too many questions are asked just now; ask again in a moment."
    assert app.test_client().get("/api/v1/info").status_code == 200
    page = app.test_client().get("/?q=Who")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    pipeline.go.set()
    for thread in threads:
        thread.join()
    assert (statuses, turns.running, turns.waiting) == ([200, 200, 200], 0, 0)


def test_whoever_waits_too_long_is_told_so() -> None:
    turns = Turns(at_once=1, waiting=1, patience=0.05)
    with turns.turn(here), pytest.raises(ServiceUnavailable, match="Too many questions"), turns.turn(here):
        pass
    assert (turns.running, turns.waiting) == (0, 0)


def test_whoever_came_first_is_served_first_and_nobody_passes_those_who_wait() -> None:
    turns, served = Turns(at_once=1, waiting=9, patience=10), list[str]()

    def ask(name: str) -> None:
        with turns.turn(here):
            served.append(name)

    names = [str(number) for number in range(6)]
    threads = []
    with turns.turn(here):
        for number, name in enumerate(names, start=1):
            threads += in_threads(1, partial(ask, name))
            wait_until(lambda number=number: turns.waiting == number)  # type: ignore[misc]
        time.sleep(3 * LOOK)  # whoever waits looks around meanwhile
    ask("late")
    for thread in threads:
        thread.join()
    assert served == [*names, "late"]


def test_who_waits_where_turns_take_long_is_told_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(at_once=1, waiting=1, patience=10)
    monkeypatch.setattr("web.turns.WITHIN", 0.3)
    with turns.turn(here):
        time.sleep(0.2)
    with turns.turn(here):
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match="Too many questions"), turns.turn(here):
            pass
    assert 0.05 < time.monotonic() - began < 5


def test_one_who_leaves_the_queue_keeps_nobody_behind_from_a_free_turn() -> None:
    turns, left = Turns(at_once=2, waiting=9, patience=10), threading.Event()
    served = threading.Event()

    def ask(gone: Callable[[], bool]) -> None:
        with contextlib.suppress(ServiceUnavailable), turns.turn(gone):
            served.set()

    with turns.turn(here):
        with turns.turn(here):
            threads = in_threads(1, partial(ask, left.is_set))
            wait_until(lambda: turns.waiting == 1)
            threads += in_threads(1, partial(ask, here))
            wait_until(lambda: turns.waiting == 2)
            left.set()
        assert served.wait(5)
    for thread in threads:
        thread.join()
    assert (turns.running, turns.waiting) == (0, 0)


def test_whoever_is_gone_gets_no_answer() -> None:
    turns = Turns(at_once=1, waiting=1, patience=10)
    left = threading.Event()
    with turns.turn(here):
        threading.Timer(0.05, left.set).start()
        with pytest.raises(ServiceUnavailable, match="is gone"), turns.turn(left.is_set):
            pass
    with pytest.raises(ServiceUnavailable, match="is gone"), turns.turn(left.is_set):
        pass


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(at_once=1, waiting=0)
    with pytest.raises(KeyError), turns.turn(here):
        raise KeyError
    with turns.turn(here):
        assert turns.running == 1


def test_a_batch_that_was_begun_is_finished_though_the_queue_is_full() -> None:
    turns = Turns(at_once=1, waiting=0, patience=0.0)
    pipeline = FakePipeline(signed_prediction())
    app = app_over(pipeline, TURNS=turns)
    held = threading.Event()
    asked = FakePipeline.ask

    def ask_and_hold(question: str, **kwargs: object) -> Prediction:
        if not held.is_set():
            held.set()
            threading.Timer(0.1, lambda: None).start()
        return asked(pipeline, question, **kwargs)  # type: ignore[arg-type]

    pipeline.ask = ask_and_hold  # type: ignore[method-assign]
    body = {"questions": [{"question": "Who?"}] * 5}
    response = app.test_client().post("/api/v1/ask", json=body)
    assert (response.status_code, len(response.get_json()["predictions"])) == (200, 5)


def test_by_default_there_is_a_turn_for_each_core() -> None:
    turns = Turns()
    assert turns.most_waiting == 2 * turns.at_once >= 2


def test_the_server_s_own_question_waits_and_is_not_counted() -> None:
    turns, pipeline = Turns(at_once=1, waiting=0, patience=0.0), FakePipeline(signed_prediction())
    app = app_over(pipeline, TURNS=turns)
    with app.app_context():
        asked = current_pipeline()
        assert current_pipeline() is asked
    with turns.turn(here):
        thread = threading.Thread(target=lambda: asked.ask("Who?"))
        thread.start()
        wait_until(lambda: turns.waiting == 1)
        assert pipeline.asked == []
    thread.join()
    assert len(pipeline.asked) == 1
    assert "pressmark_questions_total 0.0" in app.test_client().get("/metrics").text
