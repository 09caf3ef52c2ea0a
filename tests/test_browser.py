"""The page in a real browser, over the real pipeline and the default archive."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browsing import press, tab_to, texts, wait_for, wait_until
from qa.feedback import FeedbackFile, Verdict, default_file

pytestmark = [pytest.mark.browser, pytest.mark.model]

QUESTION = "What did Azerbaijan's ombudswoman sign with her Moroccan counterpart?"
WORDS = "memorandum of understanding"
PAGES = ("/", "/?q=Who+spoke%3F", "/?q=&k=many&from=never", "/nowhere")

MARK_OFFSETS = """
const mark = document.getElementById("span"), paragraph = mark.closest("p"), before = document.createRange();
before.setStart(paragraph, 0);
before.setEndBefore(mark);
const start = Number(paragraph.dataset.start) + [...before.toString()].length;
return [start, start + [...mark.textContent].length];
"""
"""Where the mark stands in the article's text, in characters, as start and end."""

LOW_CONTRAST = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const luminance = (colour) => {
  const [r, g, b] = channels(colour).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  const colour = getComputedStyle(element).backgroundColor;
  return channels(colour)[3] === 0 ? behind(element.parentElement) : colour;
};
const low = [];
for (const element of document.querySelectorAll("body *")) {
  const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (!element.checkVisibility() || !(text || element.matches("input"))) continue;
  const [light, dark] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => b - a);
  if ((light + 0.05) / (dark + 0.05) < 4.5) low.push(element.outerHTML);
}
return low;
"""
"""The elements whose text contrasts less than 4.5 to 1 with what is behind it: WCAG 2.2, success criterion 1.4.3."""


def ask(driver: webdriver.Chrome, url: str, question: str = QUESTION) -> None:
    """Type a question on the first page and press Enter."""
    driver.get(url)
    driver.find_element(By.ID, "q").send_keys(question, Keys.ENTER)
    wait_for(driver, "h1.asked")


def follow_the_answer(driver: webdriver.Chrome) -> None:
    """Follow the link of the first answer, among three, whose marked words are the ones expected."""
    answers = driver.find_elements(By.CSS_SELECTOR, ".answer")[:3]
    found = [answer for answer in answers if WORDS in answer.find_element(By.CSS_SELECTOR, "blockquote mark").text]
    assert found, [answer.text for answer in answers]
    found[0].find_element(By.CSS_SELECTOR, ".title a").click()
    wait_for(driver, "#span")


def test_question_leads_to_the_words_in_their_article(browser: webdriver.Chrome, live_url: str) -> None:
    ask(browser, live_url)
    assert texts(browser, "h1.asked") == [QUESTION]
    follow_the_answer(browser)
    assert texts(browser, ".kicker time") == ["19 October 2022"]
    assert WORDS in browser.find_element(By.ID, "span").text
    query = parse_qs(urlsplit(browser.current_url).query)
    assert browser.execute_script(MARK_OFFSETS) == [int(query["start"][0]), int(query["end"][0])]
    box = browser.find_element(By.ID, "span").rect
    top = box["y"] - browser.execute_script("return window.scrollY")
    assert 0 <= top <= browser.execute_script("return window.innerHeight") - box["height"]
    browser.find_element(By.LINK_TEXT, "Back to the question").click()
    wait_for(browser, "h1.asked")
    assert texts(browser, "h1.asked") == [QUESTION]


def test_evidence_is_copied(browser: webdriver.Chrome, live_url: str) -> None:
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": permissions})
    ask(browser, live_url)
    browser.find_element(By.CSS_SELECTOR, "[data-evidence]").click()
    wait_until(browser, lambda: any(texts(browser, ".copy [role=status]")))
    assert texts(browser, ".copy [role=status]")[0] == "Copied: quotation, source and link."
    copied = browser.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    lines = copied.splitlines()
    assert lines[0] == "“" + texts(browser, ".answer blockquote")[0] + "”"
    assert lines[1].startswith("Azernews, ")
    assert lines[-2].startswith(f"{live_url.rstrip('/')}/articles/")
    assert lines[-1].startswith("Characters ")


def test_slash_goes_to_the_question(browser: webdriver.Chrome, live_url: str) -> None:
    ask(browser, live_url)
    press(browser, "/")
    assert browser.switch_to.active_element.get_attribute("id") == "q"
    assert browser.switch_to.active_element.get_attribute("value") == QUESTION


def test_blank_filters_stay_out_of_the_address(browser: webdriver.Chrome, live_url: str) -> None:
    ask(browser, live_url, "Who spoke?")
    assert urlsplit(browser.current_url).query == "q=Who+spoke%3F"


def test_keyboard_alone_leads_from_the_question_to_the_article(browser: webdriver.Chrome, live_url: str) -> None:
    browser.get(live_url)
    assert browser.switch_to.active_element.get_attribute("id") == "q"
    press(browser, QUESTION, Keys.ENTER)
    wait_for(browser, "h1.asked")
    link = browser.find_element(By.CSS_SELECTOR, ".answer .title a")
    tab_to(browser, link)
    assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", link) == "solid"
    press(browser, Keys.ENTER)
    wait_for(browser, "#span")


def test_one_key_says_what_one_thinks_of_the_answer_that_has_the_focus(
    browser: webdriver.Chrome, live_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    ask(browser, live_url)
    press(browser, "w")  # nothing has the focus, so no key says anything
    browser.execute_script("document.querySelector('.answer').focus()")
    press(browser, "R")
    wait_until(browser, lambda: texts(browser, "h1") == ["Kept"])
    assert [each.verdict for each in FeedbackFile(default_file()).all()] == [Verdict.RIGHT]
    browser.find_element(By.CSS_SELECTOR, ".judge button").click()
    wait_until(browser, lambda: texts(browser, "h1") == ["Undone: nothing is kept of it"])
    assert FeedbackFile(default_file()).all() == []


def test_wrong_field_has_the_focus(browser: webdriver.Chrome, live_url: str) -> None:
    browser.get(f"{live_url.rstrip('/')}/?q=Who%3F&k=many")
    assert browser.switch_to.active_element.get_attribute("id") == "k"
    assert browser.switch_to.active_element.get_attribute("value") == "many"


def test_works_without_scripts(scriptless: webdriver.Chrome, live_url: str) -> None:
    ask(scriptless, live_url)
    assert not scriptless.find_element(By.CSS_SELECTOR, "[data-evidence]").is_displayed()
    follow_the_answer(scriptless)
    assert WORDS in scriptless.find_element(By.ID, "span").text
    scriptless.find_element(By.LINK_TEXT, "Back to the question").click()
    wait_for(scriptless, "h1.asked")


@pytest.mark.parametrize("path", PAGES)
def test_phone_needs_no_sideways_scrolling(browser: webdriver.Chrome, live_url: str, path: str) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    browser.get(live_url.rstrip("/") + path)
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [360, 360]


def test_phone_reads_an_article_without_sideways_scrolling(browser: webdriver.Chrome, live_url: str) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    ask(browser, live_url)
    follow_the_answer(browser)
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [360, 360]


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(246, 242, 233)"), ("dark", "rgb(22, 20, 17)")])
@pytest.mark.parametrize("path", PAGES)
def test_text_has_contrast_in_both_schemes(
    browser: webdriver.Chrome, live_url: str, path: str, scheme: str, paper: str
) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(live_url.rstrip("/") + path)
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == paper
    assert browser.execute_script(LOW_CONTRAST) == []
