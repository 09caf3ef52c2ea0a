"""A headless browser, one for all tests of a worker, with scripts and without."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
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


def wait_for(driver: webdriver.Chrome, selector: str) -> None:
    WebDriverWait(driver, 60).until(lambda _: driver.find_elements(By.CSS_SELECTOR, selector))


def texts(driver: webdriver.Chrome, selector: str) -> list[str]:
    return [element.text for element in driver.find_elements(By.CSS_SELECTOR, selector)]
