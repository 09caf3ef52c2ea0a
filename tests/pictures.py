"""The pictures of README and docs, as the pages are: `make pictures` takes them, over the seeds."""

import base64
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from waitress.server import create_server

from browsing import FLAGS
from embeddings.encoders import load_encoder
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from qa.pipeline import Pipeline
from qa.reader.load import load_readers
from qa.settings import Settings
from web import create_app
from web.requests import current_pipeline

SHEET = """id,question
1,How many Azerbaijanis were displaced?
2,What did the ombudswoman sign with her Moroccan counterpart?
3,How many zeppelins were bought in 2024?
"""
ROOT = Path(__file__).parent.parent
QUESTION = quote("How many Azerbaijanis were displaced?")


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is taken; `width` and `height` in CSS pixels, `scale` pixels for each of them."""

    name: str
    path: str
    width: int = 1000
    height: int = 760
    scheme: str = "light"
    scale: int = 1
    sheet: str = ""
    """Questions that are asked on the page before it is taken."""


PICTURES = (
    Picture("page", f"/?q={QUESTION}", height=820),
    Picture("first", "/", height=900),
    Picture("article-dark", f"/articles/000_7b79b61b11f200c2?ask={QUESTION}", scheme="dark"),
    Picture("unanswered", f"/?q={quote('How many zeppelins were bought in 2024?')}", height=640),
    Picture("archive", "/archive?words=ombudsman", height=640),
    Picture("sheet", "/sheet", width=1200, height=1200, sheet=SHEET),
    Picture("phone", f"/?q={QUESTION}", width=360, height=720, scale=2),
    Picture("phone-dark", "/archive", width=360, height=720, scheme="dark", scale=2),
)


@contextmanager
def served() -> Iterator[str]:
    """Give the address of a server over the seeds, with the models that ship."""
    settings = Settings()
    with TemporaryDirectory() as folder:
        archive = Archive.create(Path(folder) / "archive", load_encoder(settings.encoder))
        index_paths(archive, [ROOT / "seeds"], lambda _: None)
        app = create_app(Pipeline(archive, load_readers(settings), settings))
        with app.app_context():
            app.config["EXAMPLES"].look(current_pipeline(), threading.Event())
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()
        thread.join()
        archive.close()


def take(driver: webdriver.Chrome, url: str, picture: Picture) -> bytes:
    """Return a picture of a page, as PNG."""
    size = {"width": picture.width, "height": picture.height, "deviceScaleFactor": picture.scale, "mobile": False}
    features = [{"name": "prefers-color-scheme", "value": picture.scheme}]
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.get(url + picture.path)
    if picture.sheet:
        driver.find_element(By.ID, "sheet").send_keys(picture.sheet)
        driver.find_element(By.CSS_SELECTOR, ".sheet button").click()
        WebDriverWait(driver, 60).until(
            lambda _: driver.find_element(By.CSS_SELECTOR, ".progress").text.endswith("Done.")
        )
    driver.execute_script("document.activeElement.blur(); localStorage.clear()")
    return base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


def main() -> None:
    """Take all pictures into docs/."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        with served() as url:
            for picture in PICTURES:
                (ROOT / "docs" / f"{picture.name}.png").write_bytes(take(driver, url, picture))
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
