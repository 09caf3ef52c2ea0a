"""A sheet asked question by question in the browser: progress, waiting, stopping, going on, and the files."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server

from browsing import PATIENCE, find, texts, wait_until
from embeddings.types import Article, Filter, Span
from qa.pipeline import Pipeline
from qa.sheet import Asked, answered, as_csv, as_json
from qa.types import Answer, Attribution, Prediction, SpeechKind
from web.span_links import span_path
from web_fakes import EMPTY_PREDICTION, SIGNED, UNFILTERED, FakePipeline, answer_of, app_over, prediction_of, span_of

pytestmark = pytest.mark.browser

QUESTIONS = ["Who signed?", '=Who, and "when"?', "Nobody?", "?!", "x" * 9_000, " @Who   met?"]


def differing(number: int, published: str, outlet: str) -> Answer:
    """Return what "she" says of a number."""
    article = Article(str(number), f"She said {number} million came.", "Long " * 40, published, outlet)
    by = Attribution(span_of(article, "She"), span_of(article, "said"), SpeechKind.REPORTED)
    return replace(answer_of(span_of(article, f"{number} million")), attribution=by)


DIFFERING = (
    differing(16, "2023-06-09", "Herald"),
    differing(14, "2023-05-03", "Gazette"),
    differing(13, "2021-09", ""),
    differing(12, "", ""),
)


@dataclass
class Gated(FakePipeline):
    """Answers all but one question with what somebody said, and waits at the question "Wait?" until it is let go."""

    gate: threading.Event = field(default_factory=threading.Event)

    def ask(self, question: str, *, k: int | None = None, only: Filter = UNFILTERED) -> Prediction:
        if question == "Wait?":
            assert self.gate.wait(2 * PATIENCE)
        speaker, cue = ("The offices", "signed") if question == "Who signed?" else ("They", "said")
        name = None if question == "Who signed?" else span_of(SIGNED, "the host")
        by = Attribution(span_of(SIGNED, speaker), span_of(SIGNED, cue), SpeechKind.DIRECT, name)
        said = prediction_of((replace(answer_of(span_of(SIGNED, "a first step")), attribution=by),), ())
        if question == "@Who met?":
            said = prediction_of(DIFFERING, ())
        self.prediction = replace(EMPTY_PREDICTION if question == "Nobody?" else said, generation=3)
        return super().ask(question, k=k, only=only)


@pytest.fixture
def pipeline() -> Gated:
    return Gated()


@dataclass
class Refusing:
    """Says once, of the sixth question, that too much is asked, as the bound on a rate does."""

    app: WSGIApplication
    questions: Iterator[int] = field(default_factory=lambda: count(1))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/api/v1/ask" and next(self.questions) == 6:
            start_response("429 Too Many Requests", [("Retry-After", "1"), ("Content-Length", "0")])
            return []
        return self.app(environ, start_response)


@pytest.fixture
def url(pipeline: Gated) -> Iterator[str]:
    """The address of a server that refuses the sixth question once."""
    app = Refusing(app_over(pipeline))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    pipeline.gate.set()
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def wait_for_status(driver: webdriver.Chrome, said: str) -> None:
    wait_until(driver, lambda: find(driver, "#results .progress").text == said)


def refusals(driver: webdriver.Chrome) -> int:
    """Return how often the server refused because too much was asked; all that the console said must be of that."""
    messages = [entry["message"] for entry in driver.get_log("browser")]  # type: ignore[no-untyped-call]
    assert [message for message in messages if "a status of 429" not in message] == []
    return len(messages)


def test_sheet_is_asked_and_downloaded_as_the_command_writes_it(
    browser: webdriver.Chrome, url: str, pipeline: Gated, tmp_path: Path
) -> None:
    downloads = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)
    sheet = tmp_path / "sheet.csv"
    quoted = [f'{number},"' + each.replace('"', '""') + '"' for number, each in enumerate(QUESTIONS, 1)]
    sheet.write_text("\n".join(["ID,question", *quoted, *[',"Who?"'] * 6]), encoding="utf-8")
    browser.get(f"{url}/sheet")
    find(browser, "#file").send_keys(str(sheet))
    find(browser, "form.sheet button").click()
    wait_for_status(browser, "12 of 12 asked. Done.")
    assert len(pipeline.asked) == 10  # what is no question is not sent
    assert len(texts(browser, "tbody tr")) == 12
    first, last = (texts(browser, f"tbody tr:{which}-child td")[1:6] for which in ("first", "last"))
    assert first == ["Who signed?", "a first step", "93 %", "", "The offices (“signed”)"]
    assert last == ["Who?", "a first step", "93 %", "", "the host (inferred from “They”)"]
    assert texts(browser, "tbody tr:nth-child(3) td")[2] == "No answer"
    others = "13 million (September 2021); 14 million (Gazette, 3 May 2023); 12 million"
    assert texts(browser, "tbody tr:nth-child(6) td")[4:6] == [others, "she"]
    assert texts(browser, "tbody tr:nth-child(6) td")[7] == f"Herald: {'Long ' * 16}Long…"
    for name in ("csv", "json"):
        find(browser, f"a.{name}").click()
    wait_until(browser, lambda: len([each for each in ("csv", "json") if (tmp_path / f"answers.{each}").exists()]) == 2)
    over, every = cast("Pipeline", pipeline), enumerate([*(each.strip() for each in QUESTIONS), *["Who?"] * 6], 1)

    def link(span: Span) -> str:
        return f"{url}{span_path(span)}"

    rows = [answered(over, n, Asked(each, str(n) if n <= len(QUESTIONS) else ""), link) for n, each in every]
    assert (tmp_path / "answers.csv").read_bytes() == as_csv(rows).encode()
    assert (tmp_path / "answers.json").read_bytes() == as_json(rows).encode()
    assert refusals(browser) == 1  # and it waited


@pytest.mark.parametrize(("width", "shown"), [(1200, "table-row"), (360, "block")])
def test_a_word_of_any_length_pushes_no_answer_out(browser: webdriver.Chrome, url: str, width: int, shown: str) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"{url}/sheet")
    find(browser, "#sheet").send_keys("y" * 900)
    find(browser, "form.sheet button").click()
    wait_for_status(browser, "1 of 1 asked. Done.")
    too_broad = (
        "return ['html', '.wide'].map((each) => document.querySelector(each))"
        ".filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.className)"
    )
    assert browser.execute_script(too_broad) == []
    assert find(browser, "tbody tr").value_of_css_property("display") == shown
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_sheet_is_stopped_and_goes_on_by_keyboard(browser: webdriver.Chrome, url: str, pipeline: Gated) -> None:
    browser.get(f"{url}/sheet")
    find(browser, "#content").send_keys("/")
    browser.switch_to.active_element.send_keys("Who?\nWait?\nWho met?", Keys.TAB, Keys.TAB)
    find(browser, "form.sheet button").send_keys(Keys.ENTER)
    wait_for_status(browser, "1 of 3 asked.")
    stop = find(browser, ".stop")
    stop.send_keys(Keys.ENTER)
    wait_for_status(browser, "1 of 3 asked. Stopped.")
    assert stop.text == "Go on"
    assert find(browser, "a.csv").get_attribute("href")
    pipeline.gate.set()
    stop.send_keys(Keys.ENTER)
    wait_for_status(browser, "3 of 3 asked. Done.")
    assert not stop.is_displayed()
    refusals(browser)
    assert [row.split(" ")[0] for row in texts(browser, "tbody tr")] == ["1", "2", "3"]


def test_sheet_is_asked_with_filters_by_keyboard(browser: webdriver.Chrome, url: str, pipeline: Gated) -> None:
    browser.get(f"{url}/sheet")
    find(browser, "#content").send_keys("/")
    box = browser.switch_to.active_element
    box.send_keys("Who?\nWho met?", Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.tag_name == "summary"
    browser.switch_to.active_element.send_keys(Keys.ENTER, Keys.TAB)
    browser.switch_to.active_element.send_keys("2022", Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("value") == "Azernews"
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for_status(browser, "2 of 2 asked. Done.")
    only = Filter("2022", "", ("Azernews",))
    assert pipeline.asked == [("Who?", None, only), ("Who met?", None, only)]
    assert texts(browser, "#results .scope") == ["Searched only what Azernews published from 2022 on."]
    refusals(browser)


def test_full_server_is_asked_again_when_it_says(browser: webdriver.Chrome, url: str, pipeline: Gated) -> None:
    browser.get(f"{url}/sheet")
    pipeline.failure = ServiceUnavailable("Too many questions are asked just now.", retry_after=2)
    find(browser, "#sheet").send_keys("Who?\nWho met?")
    find(browser, "form.sheet button").click()
    wait_for_status(browser, "0 of 2 asked. The server is busy: going on in 2 s.")
    pipeline.failure = None
    wait_for_status(browser, "2 of 2 asked. Done.")
    assert [question for question, *_ in pipeline.asked[-2:]] == ["Who?", "Who met?"]
    messages = [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    assert any("a status of 503" in message for message in messages)
    assert [message for message in messages if "a status of 503" not in message and "of 429" not in message] == []


def test_what_is_no_sheet_is_told_below_the_box(browser: webdriver.Chrome, url: str) -> None:
    browser.get(f"{url}/sheet")
    find(browser, "form.sheet button").click()
    said = "The sheet holds no question; write one a line, or a table with a column 'question'."
    wait_until(browser, lambda: texts(browser, "#sheet-problem") == [said])
    assert not find(browser, "#results").is_displayed()
