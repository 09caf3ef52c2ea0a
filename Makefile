# The two commands: `make serve` and `make test`. Both make the environment first, on a bare machine too.
# `make evaluation DATA=... CHECKPOINT=...` measures everything in docs/evaluation.md, in hours.
PYTHON ?= python3
PORT ?= 8000
DATA ?= data
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
APT := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n) apt-get

# What docs/evaluation.md shows, a file of results each; delete one, and `make evaluation` measures it again.
RESULTS := build/evaluation
EVALUATE := $(BIN)/pressmark evaluate
NEWS := $(DATA)/news-2022-2023/questions.jsonl
PUBLISHED := v1.1-bert-ensemble v1.1-match-lstm v2.0-bert-large v2.0-bidaf-elmo
MEASURED := $(addprefix $(RESULTS)/,$(PUBLISHED:%=published-%.json) reading-v1.1.json reading-v2.0.json \
	retrieval-squad.json retrieval-news-2023.json \
	answers-squad-v1.1.json answers-squad-v2.0.json answers-news-2023.json answers-seeds.json \
	tune-news-2022.txt ablations-news-2022.json benchmark.json)

.PHONY: serve test evaluation browser clean

serve: .venv/installed
	@$(BIN)/pressmark serve --port $(PORT)

test: .venv/installed-dev browser
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest --cov --cov-report=term:skip-covered

evaluation: .venv/installed-dev $(MEASURED)
	$(EVALUATE) publish docs/evaluation.md README.md --results $(RESULTS)

$(MEASURED): | $(RESULTS)

$(RESULTS):
	mkdir -p $@

$(RESULTS)/published-%.json:
	$(EVALUATE) reading $(DATA)/squad/dev-$(firstword $(subst -, ,$*)).json.gz \
		--predictions $(DATA)/squad/predictions-$*.json --json $@

$(RESULTS)/reading-%.json:
	$(EVALUATE) reading $(DATA)/squad/dev-$*.json.gz --json $@

$(RESULTS)/retrieval-squad.json:
	$(EVALUATE) retrieval $(DATA)/squad/dev-v1.1.json.gz --json $@

$(RESULTS)/retrieval-news-%.json: | build/news
	$(EVALUATE) retrieval $(NEWS) --archive build/news --asked $* --json $@

$(RESULTS)/answers-squad-%.json:
	$(EVALUATE) answers $(DATA)/squad/dev-$*.json.gz --questions 1000 --explain --json $@

$(RESULTS)/answers-news-%.json: | build/news
	$(EVALUATE) answers $(NEWS) --archive build/news --asked $* --as-of-asked --questions 700 --explain --json $@

$(RESULTS)/answers-seeds.json:
	$(EVALUATE) answers seeds/questions.jsonl --explain --json $@

$(RESULTS)/tune-news-%.txt: | build/news
	$(EVALUATE) tune $(NEWS) --archive build/news --asked $* --questions 200 > $@

$(RESULTS)/ablations-news-%.json: build/reader-float32 | build/news
	$(EVALUATE) ablations $(NEWS) --archive build/news --asked $* --questions 250 --others 100 \
		--float32-reader build/reader-float32 --json $@

$(RESULTS)/benchmark.json: | build/news
	$(BIN)/pressmark benchmark $(DATA)/news-2022-2023/articles.jsonl.gz --sizes 1000,10000 --runs 3 --archive build/news \
		--json $@

build/news:
	$(BIN)/pressmark index $(DATA)/news-2022-2023/articles.jsonl.gz --archive $@

build/reader-float32:
	@test -n "$(CHECKPOINT)" || { echo "give the checkpoint that the reader was exported from: CHECKPOINT=DIR"; exit 2; }
	$(BIN)/pressmark train export $(CHECKPOINT) --out $@ --precision float32

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
