# The two commands: `make serve` and `make test`. Both make the environment first, on a bare machine too.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
APT := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n) apt-get

.PHONY: serve test browser clean

serve: .venv/installed
	@$(BIN)/pressmark serve --port $(PORT)

test: .venv/installed-dev browser
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest --cov --cov-report=term:skip-covered

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

clean:
	rm -rf .venv .pressmark
