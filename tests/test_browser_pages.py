"""Each feature of the pages by mouse and by keyboard, over made-up articles; and that everybody can use them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from adding import add
from browsing import VIEWS, barriers, find, needs_axe, press, query, tab_to, texts, wait_for, wait_for_query, wait_until
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

ROOT = Path(__file__).parent.parent
MOST_STATIC = 60_000

LONG = "\n\n".join(
    f"In the {n}th hour the delegates of the lake towns argued over ferry tickets and tea." for n in range(20)
)
SOLD = "In the end 14 ferries were sold, the mayor said."
HARBOUR = Article(
    "harbour",
    f"{LONG}\n\n{SOLD}\n\n{LONG[:600]}\n\nLater 16 ferries were sold, she said.",
    "Ferries sold after a long night",
    "2023-03-02",
    "Lake Post",
    "By Ada Bright",
    "https://example.org/ferries",
)
COPY = replace(HARBOUR, id="copy", outlet="Hill Wire", text=HARBOUR.text.replace("and tea", "and coffee", 1), url=None)
ARABIC = Article(
    "arabic",
    "أعلن رئيس البلدية بيع العبارات.\n\nFerries القديمة بيعت أمس.",
    "بيع العبارات",
    "2023-02-01",
    "بريد البحيرة",
)
HOSTILE = Article(
    '"><b id=x>',
    "A <script>document.title = 'owned'</script> ferry sank. <img src=/x onerror=alert(1)>",
    "<script>document.title = 'owned'</script> ferry",
    "2022-12-24",
    '"><img src=/x onerror=alert(1)>',
    "<iframe src=/></iframe>",
    "javascript:alert(1)",
)
MANY = [
    Article(f"many-{n}", f"Ferry number {n} sank off Elmford.", f"Ferry {n}", "2022-11", "Lake Post") for n in range(30)
]

ASK = "/?q=How+many+ferries+were+sold%3F"
PAGES = {
    "first": "/",
    "answered": ASK,
    "filtered": f"{ASK}&outlet=Lake+Post&from=2023",
    "unanswered": "/?q=Who+paid+the+zeppelin%3F&to=2022",
    "archive": "/archive",
    "sheet": "/sheet",
    "words": "/archive?words=ferry",
    "article": "/articles/harbour?ask=How+many%3F",
    "right-to-left": "/articles/arabic",
    "hostile": "/articles/%22%3E%3Cb%20id=x%3E",
    "wrong": "/archive?page=x&from=never",
    "unknown field": f"{ASK}&source=mail",
    "missing": "/articles/nobody",
    "gone": "/articles/harbour?start=5&end=9&hash=000000000000",
    "endpoint": "/api/v1/",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over made-up articles, whose reader finds numbers of ferries."""
    archive = Archive.create(tmp_path_factory.mktemp("made-up") / "archive", FakeEncoder())
    add(archive, [*MANY, ARABIC, HOSTILE, COPY, HARBOUR])
    archive.refresh()
    reader = FakeReader({"14 ferries": 3.0, "16 ferries": 2.0})
    pipeline = Pipeline(archive, Readers(reader, Calibration()), Settings(k=20))
    with served(create_app(pipeline)) as address:
        yield address
    archive.close()


def test_filters_by_mouse(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    find(browser, "summary").click()
    find(browser, 'input[value="Hill Wire"]').click()
    find(browser, 'input[value="Lake Post"]').click()
    find(browser, ".ask button").click()
    wait_for(browser, ".chips")
    assert sorted(query(browser)["outlet"]) == ["Hill Wire", "Lake Post"]
    find(browser, "summary").click()
    find(browser, '.histogram a[aria-label^="March 2023"]').click()
    wait_for_query(browser, "from", ["2023-03"])
    chips = [chip.removeprefix("Take off:\n") for chip in texts(browser, ".chips a")]
    assert chips == ["from March 2023", "up to March 2023", "Lake Post", "Hill Wire"]
    browser.find_elements(By.CSS_SELECTOR, ".chips a")[2].click()
    wait_for_query(browser, "outlet", ["Hill Wire"])


def test_filters_by_keyboard(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    tab_to(browser, find(browser, "summary"))
    press(browser, Keys.ENTER)
    tab_to(browser, find(browser, 'input[value="Hill Wire"]'))
    press(browser, " ", Keys.ENTER)
    wait_for(browser, ".chips")
    assert query(browser)["outlet"] == ["Hill Wire"]
    tab_to(browser, find(browser, ".chips a"))
    press(browser, Keys.ENTER)
    wait_for_query(browser, "outlet", [])
    tab_to(browser, find(browser, "summary"))
    press(browser, Keys.ENTER)
    tab_to(browser, find(browser, '.histogram a[aria-label^="March 2023"]'))
    press(browser, Keys.ENTER)
    wait_for_query(browser, "from", ["2023-03"])


def is_in_view(driver: webdriver.Chrome, element: WebElement) -> bool:
    script = "const box = arguments[0].getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight"
    return bool(driver.execute_script(script, element))


def test_answers_of_an_article_one_after_the_other_by_mouse(browser: webdriver.Chrome, url: str) -> None:
    browser.get(f"{url}/articles/harbour")
    find(browser, "#ask").send_keys("How many?", Keys.ENTER)
    wait_for(browser, "#span")
    assert texts(browser, ".text mark") == ["14 ferries", "16 ferries"]
    find(browser, "[rel=next]").click()
    wait_until(browser, lambda: texts(browser, "mark.chosen") == ["16 ferries"])
    assert texts(browser, ".marks a")[0] == "Answer 2 of 2"
    assert is_in_view(browser, find(browser, "#span"))


def test_answers_of_an_article_one_after_the_other_by_keyboard(browser: webdriver.Chrome, url: str) -> None:
    browser.get(f"{url}/articles/harbour")
    press(browser, "/", "How many?", Keys.ENTER)
    wait_for(browser, "#span")
    tab_to(browser, find(browser, "[rel=prev]"))
    press(browser, Keys.ENTER)
    wait_until(browser, lambda: texts(browser, "mark.chosen") == ["16 ferries"])


def test_copies_show_what_differs(browser: webdriver.Chrome, url: str) -> None:
    browser.get(f"{url}/articles/harbour")
    summary = find(browser, ".copies summary")
    tab_to(browser, summary)
    press(browser, Keys.ENTER)
    assert ["coffee" in words for words in texts(browser, ".copies ins")] == [True]
    summary.click()
    assert not find(browser, ".copies ins").is_displayed()


def test_archive_by_mouse_and_by_keyboard(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url)
    find(browser, ".masthead [href='/archive']").click()
    wait_for(browser, ".entries")
    press(browser, "/", "sinking ferry", Keys.ENTER)
    wait_for(browser, ".entry mark")
    following = find(browser, "[rel=next]")
    tab_to(browser, following)
    press(browser, Keys.ENTER)
    wait_for_query(browser, "page", ["2"])
    find(browser, "[rel=prev]").click()
    wait_for_query(browser, "page", ["1"])
    find(browser, ".entry .title a").click()
    wait_for(browser, "#span")
    browser.find_element(By.LINK_TEXT, "Back to the archive").click()
    wait_for(browser, ".entries")


def test_questions_and_sentences_stay_in_this_browser(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url)
    browser.execute_script("localStorage.clear()")
    browser.get(url + ASK)
    keep = find(browser, ".answer .keep")
    keep.click()
    kept = "Kept in this browser: see the first page."
    wait_until(browser, lambda: texts(browser, ".answer .copy [role=status]")[0] == kept)
    browser.get(url)
    assert texts(browser, ".kept-here li a") == ["How many ferries were sold?"]
    assert "14 ferries" in texts(browser, ".kept-here pre")[0]
    clear = browser.find_elements(By.CSS_SELECTOR, ".kept-here button")[1]
    tab_to(browser, clear)
    press(browser, Keys.ENTER)
    assert not find(browser, ".kept-here").is_displayed()
    browser.refresh()
    assert not find(browser, ".kept-here").is_displayed()


def test_results_are_announced_by_the_title(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url + ASK)
    assert browser.title == "2 answers: How many ferries were sold? · Pressmark"
    browser.get(url + PAGES["unanswered"])
    assert browser.title.startswith("No answer: ")


def test_motion_is_reduced_for_who_wants_that(browser: webdriver.Chrome, url: str) -> None:
    browser.get(url)
    browser.execute_script("document.querySelector('.ask').toggleAttribute('data-reading', true)")
    moving = "return getComputedStyle(document.querySelector('.ask .progress')).animationName"
    assert browser.execute_script(moving) == "reading"
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    assert browser.execute_script(moving) == "none"


def test_right_to_left_and_mixed_scripts_stand_right(browser: webdriver.Chrome, url: str) -> None:
    browser.get(f"{url}/articles/arabic")
    directions = "return [...document.querySelectorAll('h1, .text p')].map((each) => getComputedStyle(each).direction)"
    assert browser.execute_script(directions) == ["rtl", "rtl", "ltr"]


@pytest.mark.parametrize("path", [PAGES["hostile"], "/archive?from=2022-12&to=2022-12", "/archive?words=script"])
def test_hostile_articles_do_nothing_but_be_read(browser: webdriver.Chrome, url: str, path: str) -> None:
    browser.get(url + path)
    assert "owned" not in browser.title.split(" · ")[-1]
    assert (
        browser.find_elements(By.CSS_SELECTOR, "main img, main script, main iframe, main b, main [href^=javascript]")
        == []
    )


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_no_request_leaves_the_machine(browser: webdriver.Chrome, url: str, path: str) -> None:
    browser.get(url + path)
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map((each) => each.name)")
    assert loaded
    assert {urlsplit(each).netloc for each in loaded} == {urlsplit(url).netloc}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_narrow_page_needs_no_sideways_scrolling(browser: webdriver.Chrome, url: str, path: str) -> None:
    narrow = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    browser.get(url + path)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [320, 320]


@needs_axe
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_keeps_anybody_from_using_a_page(browser: webdriver.Chrome, url: str, path: str, view: str) -> None:
    browser.get(url + path)
    assert barriers(browser, view) == []


def test_works_without_scripts(scriptless: webdriver.Chrome, url: str) -> None:
    scriptless.get(url + ASK)
    find(scriptless, "summary").click()
    find(scriptless, '.histogram a[aria-label^="March 2023"]').click()
    wait_for_query(scriptless, "from", ["2023-03"])
    find(scriptless, ".answer .title a").click()
    wait_for(scriptless, "#span")
    find(scriptless, "[rel=next]").click()
    wait_until(scriptless, lambda: texts(scriptless, "mark.chosen") == ["16 ferries"])
    find(scriptless, ".plain summary").send_keys(Keys.ENTER)
    assert "SHA-256" in find(scriptless, ".plain pre").text
    scriptless.get(url)
    assert not find(scriptless, ".kept-here").is_displayed()


def test_static_files_are_small() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "web" / "static").iterdir()) < MOST_STATIC
