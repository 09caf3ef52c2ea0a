"""Answers that differ, in the order one wants, and what is folded: by mouse, by keyboard, without scripts."""

import math
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from adding import add
from browsing import find, press, tab_to, texts, wait_for, wait_for_query
from embeddings.folder.archive import Archive
from embeddings.types import Article
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from serving_app import served
from web import create_app

pytestmark = pytest.mark.browser

BOATS = [
    Article("newer", "It has 16 boats now.", "More boats", "2022-06-09", "Wire"),
    Article("older", "The town bought 14 boats.", "Boats bought", "2022-05-03", "Gazette"),
    Article("rumour", "Perhaps two of the boats sank.", "A rumour", "2022-07-01", "Post"),
]
ASK = "/?q=How+many+boats+has+the+town%3F"
SURER, OLDER = "It has 16 boats now.", "The town bought 14 boats."
TIMELINE = "14 boats · 3 May 2022 → 16 boats · 9 June 2022"
FOLDED = "Perhaps two of the boats sank."


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose reader is surer of the newer of two answers, and not sure of a third."""
    archive = Archive.create(tmp_path_factory.mktemp("boats") / "archive", FakeEncoder())
    add(archive, BOATS)
    archive.refresh()
    reader = FakeReader({"16 boats": math.log(19), "14 boats": math.log(3), "two": -2.0})
    pipeline = Pipeline(archive, Readers(reader, Calibration(margin=1.0)), Settings())
    with served(create_app(pipeline)) as address:
        yield address
    archive.close()


def shown(driver: webdriver.Chrome) -> list[str]:
    return texts(driver, ".answer blockquote")


def test_order_is_switched_by_mouse(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    assert shown(browser) == [SURER, OLDER]
    assert texts(browser, ".timeline") == []
    browser.find_element(By.LINK_TEXT, "by date").click()
    wait_for(browser, ".timeline")
    assert texts(browser, ".timeline") == [TIMELINE]
    assert shown(browser) == [OLDER, SURER]
    browser.find_element(By.LINK_TEXT, "by confidence").click()
    wait_for_query(browser, "order", ["confidence"])
    assert shown(browser) == [SURER, OLDER]


def test_order_is_switched_by_keyboard_and_kept_with_the_next_link(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    tab_to(browser, browser.find_element(By.LINK_TEXT, "by date"))
    press(browser, Keys.ENTER)
    wait_for(browser, ".timeline")
    assert shown(browser) == [OLDER, SURER]
    first = find(browser, ".differing a")
    assert first.text == "14 boats"
    tab_to(browser, first)
    press(browser, Keys.ENTER)
    assert urlsplit(browser.current_url).fragment == "answer-1"
    tab_to(browser, find(browser, ".answer .title a"))
    press(browser, Keys.ENTER)
    wait_for(browser, "#span")
    browser.find_element(By.LINK_TEXT, "Back to the question").click()
    wait_for(browser, ".timeline")
    assert shown(browser) == [OLDER, SURER]


@pytest.mark.parametrize("width", [360, 1000])
def test_order_stands_apart_from_the_first_answer(browser: webdriver.Chrome, url: str, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(url + ASK)
    order, answer = find(browser, ".order").rect, find(browser, ".answer").rect
    assert answer["y"] - order["y"] - order["height"] >= 12


def test_passages_looked_through_are_folded_below_answers(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    summary = find(browser, ".looked-through summary")
    assert summary.text == "Passages looked through (3)"
    assert texts(browser, ".passage .text") == [""] * 3  # not shown
    summary.click()
    assert set(texts(browser, ".passage .text")) == {SURER, OLDER, FOLDED}


def test_what_may_hold_an_answer_is_folded_until_one_wants_it_by_mouse(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    assert texts(browser, ".possible blockquote") == [""]  # not shown
    summary = find(browser, ".possible summary")
    assert summary.text == "Other passages that may hold it (1)"
    summary.click()
    assert texts(browser, ".possible blockquote") == [FOLDED]
    summary.click()
    assert texts(browser, ".possible blockquote") == [""]


def test_what_may_hold_an_answer_is_unfolded_and_followed_by_keyboard(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    tab_to(browser, find(browser, ".possible summary"))
    press(browser, Keys.ENTER)
    assert texts(browser, ".possible blockquote") == [FOLDED]
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element == find(browser, ".possible a")
    press(browser, Keys.ENTER)
    wait_for(browser, "#span")
    assert texts(browser, "#span") == ["two"]


def test_order_and_fold_work_without_scripts(scriptless: webdriver.Chrome, url: str) -> None:
    scriptless.get(url + ASK)
    scriptless.find_element(By.LINK_TEXT, "by date").click()
    wait_for(scriptless, ".timeline")
    assert shown(scriptless) == [OLDER, SURER]
    find(scriptless, ".possible summary").send_keys(Keys.ENTER)
    assert texts(scriptless, ".possible blockquote") == [FOLDED]
