"""A headless browser, one for all tests of a worker, with scripts and without."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,900",
)
Start = Callable[..., webdriver.Chrome]


@pytest.fixture(scope="session")
def start_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Give a function that starts a browser with a profile of its own; all are ended with the session."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        missing = "chromium or chromedriver is not installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    started: list[webdriver.Chrome] = []

    def start(*, javascript: bool = True) -> webdriver.Chrome:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        profile: Path = tmp_path_factory.mktemp("profile")
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "SEVERE"})
        if not javascript:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        started.append(webdriver.Chrome(options=options, service=Service(chromedriver)))
        return started[-1]

    yield start
    for driver in started:
        driver.quit()


@pytest.fixture(scope="session")
def one_browser(start_browser: Start) -> webdriver.Chrome:
    return start_browser()


@pytest.fixture
def browser(one_browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """Give the browser that runs scripts; afterwards its console must be without errors."""
    one_browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    one_browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    one_browser.get_log("browser")  # type: ignore[no-untyped-call]  # what a failed test left
    yield one_browser
    messages = [entry["message"] for entry in one_browser.get_log("browser")]  # type: ignore[no-untyped-call]
    assert [message for message in messages if "the server responded with a status of 40" not in message] == []


@pytest.fixture(scope="session")
def scriptless(start_browser: Start) -> webdriver.Chrome:
    """Give a browser that runs no script of a page."""
    return start_browser(javascript=False)


PATIENCE = 60
"""Seconds that a page may take on a busy machine."""


def wait_until(driver: webdriver.Chrome, condition: Callable[[], object]) -> None:
    """Return as soon as it is so on a page that is whole and whose scripts have run."""

    def is_so(_: webdriver.Chrome) -> object:
        return driver.execute_script("return document.readyState") == "complete" and condition()

    ignored = (NoSuchElementException, StaleElementReferenceException)  # of the page that is left just now
    WebDriverWait(driver, PATIENCE, ignored_exceptions=ignored).until(is_so)


AXE = Path(__file__).parent.parent / "build" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: make axe")

VIEWS = {"light": ("light", 1280, 1), "dark": ("dark", 1280, 1), "at 400 %": ("light", 320, 4)}


def barriers(driver: webdriver.Chrome, view: str) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds in the page in a view, everything unfolded: rules, each with the elements."""
    scheme, width, scale = VIEWS[view]
    size = {"width": width, "height": 1024 // scale, "deviceScaleFactor": scale, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then((found) => arguments[0](JSON.stringify(found.violations)))")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in json.loads(found)]


def wait_for(driver: webdriver.Chrome, selector: str) -> None:
    wait_until(driver, lambda: driver.find_elements(By.CSS_SELECTOR, selector))


def find(driver: webdriver.Chrome, selector: str) -> WebElement:
    return driver.find_element(By.CSS_SELECTOR, selector)


def query(driver: webdriver.Chrome) -> dict[str, list[str]]:
    """Return what the address asks for."""
    return parse_qs(urlsplit(driver.current_url).query)


def wait_for_query(driver: webdriver.Chrome, name: str, values: list[str]) -> None:
    wait_until(driver, lambda: query(driver).get(name, []) == values)


def press(driver: webdriver.Chrome, *keys: str) -> None:
    ActionChains(driver).send_keys(*keys).perform()


def tab_to(driver: webdriver.Chrome, element: WebElement) -> None:
    """Press Tab until an element has the focus; at the most once around all that can have it."""
    stops = "a[href], button, input, select, textarea, summary, [tabindex]"
    for _ in range(len(driver.find_elements(By.CSS_SELECTOR, stops)) + 2):  # and the page, and the browser's own
        if driver.switch_to.active_element == element:
            return
        press(driver, Keys.TAB)
    assert driver.switch_to.active_element == element


def texts(driver: webdriver.Chrome, selector: str) -> list[str]:
    return [element.text for element in driver.find_elements(By.CSS_SELECTOR, selector)]
