"""Signing in, saying what one thinks of an answer, copying and keeping it, by keyboard alone and without scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browsing import VIEWS, barriers, find, needs_axe, press, tab_to, texts, wait_for, wait_until
from qa.feedback import FeedbackFile, Verdict
from serving_app import served
from web.access import Access
from web.tokens import Rights, Tokens, make_token
from web_fakes import FakePipeline, FakeSettings, app_over, signed_prediction

pytestmark = pytest.mark.browser

ASK = "/?q=Who+signed%3F"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def secret(folder: Path) -> str:
    return make_token(folder / "tokens.json", "desk", Rights.READ)


@pytest.fixture(scope="module")
def url(folder: Path, secret: str) -> Iterator[str]:
    """The address of a server that wants a token."""
    assert secret
    pipeline = FakePipeline(signed_prediction(), settings=FakeSettings(feedback=folder / "feedback.jsonl"))
    app = app_over(pipeline, ACCESS=Access(Tokens(folder / "tokens.json")))
    with served(app) as address:
        yield address


@pytest.fixture
def file(folder: Path) -> FeedbackFile:
    (folder / "feedback.jsonl").unlink(missing_ok=True)
    return FeedbackFile(folder / "feedback.jsonl")


@pytest.fixture
def asked(browser: webdriver.Chrome, url: str, secret: str) -> webdriver.Chrome:
    """The browser, signed in, with a question answered."""
    enter(browser, url, secret)
    return browser


def enter(driver: webdriver.Chrome, url: str, secret: str) -> None:
    driver.get(url + ASK)
    if texts(driver, "h1") == ["Sign in"]:
        find(driver, "#token").send_keys(secret, Keys.ENTER)
    wait_for(driver, "h1.asked")


def said(driver: webdriver.Chrome, title: str) -> None:
    wait_until(driver, lambda: texts(driver, "h1") == [title])


def test_signing_in_and_out_by_keyboard(browser: webdriver.Chrome, url: str, secret: str) -> None:
    browser.delete_all_cookies()
    browser.get(url + ASK)
    said(browser, "Sign in")
    assert browser.switch_to.active_element.get_attribute("id") == "token"
    press(browser, "guessed", Keys.ENTER)
    wait_for(browser, "#token-problem")
    assert browser.switch_to.active_element.get_attribute("aria-describedby") == "token-problem"
    press(browser, secret, Keys.ENTER)
    wait_for(browser, "h1.asked")
    assert browser.current_url == url + ASK
    assert browser.execute_script("return document.cookie") == ""  # no script can read it
    narrow = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [320, 320]
    tab_to(browser, find(browser, ".masthead nav button"))
    press(browser, Keys.ENTER)
    said(browser, "Sign in")
    browser.get(url + ASK)
    said(browser, "Sign in")


def test_a_key_judges_the_answer_that_has_the_focus_and_is_undone(asked: webdriver.Chrome, file: FeedbackFile) -> None:
    press(asked, "/", "ran", Keys.ESCAPE)  # in the box they are letters
    assert file.all() == []
    tab_to(asked, asked.find_elements(By.CSS_SELECTOR, ".answer")[1])
    press(asked, "a")
    said(asked, "Kept")
    assert [(each.text, each.verdict) for each in file.all()] == [("Rabat", Verdict.ARTICLE)]
    tab_to(asked, find(asked, ".judge button"))
    press(asked, Keys.ENTER)
    said(asked, "Undone: nothing is kept of it")
    assert file.all() == []
    tab_to(asked, asked.find_element(By.LINK_TEXT, "Back to the answers"))
    press(asked, Keys.ENTER)
    wait_for(asked, "h1.asked")


def test_buttons_judge_by_mouse_and_by_keyboard(asked: webdriver.Chrome, file: FeedbackFile) -> None:
    find(asked, '.judge [value="nothing"]').click()
    said(asked, "Kept")
    asked.back()
    wait_for(asked, "h1.asked")
    tab_to(asked, find(asked, '.judge [value="right"]'))
    press(asked, Keys.SPACE)
    said(asked, "Kept, in the place of what was said before")
    assert [(each.text, each.verdict) for each in file.all()] == [("a memorandum", Verdict.RIGHT)]


def test_evidence_is_copied_by_keyboard(asked: webdriver.Chrome) -> None:
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    asked.execute_cdp_cmd("Browser.grantPermissions", {"permissions": permissions})
    button = find(asked, "[data-evidence]")
    tab_to(asked, button)
    press(asked, Keys.ENTER)
    wait_until(asked, lambda: texts(asked, ".copy [role=status]")[0] == "Copied: quotation, source and link.")
    copied = asked.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    assert copied == button.get_attribute("data-evidence")
    assert copied.startswith("“The offices signed a memorandum on Wednesday.”\nAzernews, 19 October 2022, ")
    assert asked.switch_to.active_element == button


def test_sentences_are_kept_exported_and_cleared_by_keyboard(asked: webdriver.Chrome, url: str, tmp_path: Path) -> None:
    asked.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    asked.execute_script("localStorage.clear()")
    asked.get(url + ASK)
    tab_to(asked, find(asked, ".keep"))
    press(asked, Keys.ENTER)
    assert find(asked, ".keep").get_attribute("aria-pressed") == "true"
    asked.get(url)
    tab_to(asked, asked.find_elements(By.CSS_SELECTOR, ".kept-here button")[0])
    press(asked, Keys.ENTER)
    wait_until(asked, (tmp_path / "pressmark.json").exists)
    exported = json.loads((tmp_path / "pressmark.json").read_text())
    assert [each["question"] for each in exported["asked"]] == ["Who signed?"]
    assert ["a memorandum" in each["evidence"] for each in exported["kept"]] == [True]
    tab_to(asked, asked.find_elements(By.CSS_SELECTOR, ".kept-here button")[1])
    press(asked, Keys.ENTER)
    assert not find(asked, ".kept-here").is_displayed()
    assert asked.execute_script("return localStorage.length") == 0


@needs_axe
def test_nothing_keeps_anybody_from_signing_in_judging_or_reading_a_sheet(
    browser: webdriver.Chrome, url: str, secret: str, file: FeedbackFile
) -> None:
    browser.delete_all_cookies()
    browser.get(f"{url}/sign-in")
    press(browser, "guessed", Keys.ENTER)
    wait_for(browser, "#token-problem")
    assert [barriers(browser, view) for view in VIEWS] == [[]] * 3
    enter(browser, url, secret)
    find(browser, '.judge [value="right"]').click()
    said(browser, "Kept")
    assert len(file.all()) == 1
    assert [barriers(browser, view) for view in VIEWS] == [[]] * 3
    browser.get(f"{url}/sheet")
    find(browser, "#sheet").send_keys("Who signed?\nWho met?\n")
    find(browser, ".sheet button").click()
    wait_until(browser, lambda: texts(browser, "#results .progress") == ["2 of 2 asked. Done."])
    assert [barriers(browser, view) for view in VIEWS] == [[]] * 3


def test_all_of_it_that_needs_no_script_works_without(
    scriptless: webdriver.Chrome, url: str, secret: str, file: FeedbackFile
) -> None:
    enter(scriptless, url, secret)
    assert [each.is_displayed() for each in scriptless.find_elements(By.CSS_SELECTOR, "[data-evidence]")] == [False] * 2
    find(scriptless, '.judge [value="wrong-words"]').send_keys(Keys.ENTER)
    said(scriptless, "Kept")
    assert [each.verdict for each in file.all()] == [Verdict.WORDS]
    find(scriptless, ".judge button").send_keys(Keys.ENTER)
    said(scriptless, "Undone: nothing is kept of it")
    scriptless.get(f"{url}/sheet")
    find(scriptless, "#sheet").send_keys("id,question\n7,Who signed?\n8,Who met?\n")
    find(scriptless, ".sheet button").send_keys(Keys.ENTER)
    wait_for(scriptless, "tbody tr")
    assert len(texts(scriptless, "tbody tr")) == 2
    assert (find(scriptless, "a.csv").get_attribute("href") or "").startswith("data:text/csv;charset=utf-8,")
    assert not find(scriptless, ".stop").is_displayed()
