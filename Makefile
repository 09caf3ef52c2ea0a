# The two commands: `make serve` and `make test`. Both make the environment first, on a bare machine too.
# `make quick` tests all that needs no model, browser or process, in half a minute.
# `make evaluation` and `make reader` are in the files included below.
PYTHON ?= python3
PORT ?= 8000
DATA ?= data
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist worksteal
APT := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n) apt-get

.PHONY: serve test quick browser axe pictures tesseract clean

serve: .venv/installed
	@$(BIN)/pressmark serve --port $(PORT)

# Tests that run side by side must not fight for the cores.
test quick: export OMP_NUM_THREADS = 1

test: .venv/installed-dev browser tesseract axe
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest $(SIDE_BY_SIDE) $(COVERAGE)

quick: .venv/installed-dev
	$(BIN)/pytest -q $(SIDE_BY_SIDE) -m "not slow and not model and not browser"

.venv/bin/pip:
	@echo "Making the environment in .venv"
	@$(PYTHON) -m venv .venv || { $(APT) update && $(APT) install -y python3-venv && $(PYTHON) -m venv .venv; }

.venv/installed: pyproject.toml constraints.txt | .venv/bin/pip
	@echo "Installing pressmark; the first time takes some minutes"
	@$(PIP) -e .
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv/bin/pip
	@echo "Installing pressmark and what its tests need; the first time takes some minutes"
	@$(PIP) -e '.[dev]'
	@touch $@ .venv/installed

browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null \
	|| { $(APT) update && $(APT) install -y --no-install-recommends chromium chromium-driver; } >/dev/null 2>&1 \
	|| echo "chromium and chromedriver cannot be installed here: the browser tests will be skipped"

tesseract:
	@command -v tesseract >/dev/null \
	|| { $(APT) update && $(APT) install -y --no-install-recommends tesseract-ocr tesseract-ocr-eng; } >/dev/null 2>&1 \
	|| echo "tesseract cannot be installed here: the test that reads a scan will be skipped"

# axe-core looks for what keeps people from using the pages. Only tests run it, and it is not in the repository: MPL-2.0.
AXE := 4.14.1
AXE_SHA256 := 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

axe:
	@echo "$(AXE_SHA256)  build/axe.min.js" | sha256sum --check --status 2>/dev/null \
	|| { mkdir -p build/axe && cd build/axe && npm pack --silent axe-core@$(AXE) >/dev/null \
	&& tar -xzf axe-core-$(AXE).tgz --strip-components=1 package/axe.min.js \
	&& echo "$(AXE_SHA256)  axe.min.js" | sha256sum --check --status && mv axe.min.js .. ; } 2>/dev/null \
	|| echo "axe-core cannot be fetched here: the tests with it will be skipped"

# The pictures in README and docs, as the pages are now.
pictures: .venv/installed-dev browser
	$(BIN)/python tests/pictures.py

clean:
	rm -rf .venv

include qa/evaluation/evaluation.mk qa/training/reader.mk
