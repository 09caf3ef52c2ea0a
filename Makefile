# The two commands: `make serve` and `make test`. Both make the environment first, on a bare machine too.
# `make evaluation DATA=... CHECKPOINT=...` measures everything in docs/evaluation.md, in hours.
# `make reader DATA=... START=...` trains the reader from a first one, in half a day; called again, it goes on.
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
FORMS := plain keywords typo
PUBLISHED := v1.1-bert-ensemble v1.1-match-lstm v2.0-bert-large v2.0-bidaf-elmo
MEASURED := $(addprefix $(RESULTS)/,$(PUBLISHED:%=published-%.json) reading-v1.1.json reading-v2.0.json \
	reading-sample.json $(FORMS:%=reading-typed-%.json) \
	retrieval-squad.json retrieval-news-2023.json \
	answers-squad-v1.1.json answers-squad-v2.0.json answers-news-2023.json answers-seeds.json \
	tune-news-2022.txt ablations-news-2022.json benchmark.json benchmark-search.json)

.PHONY: serve test evaluation reader start browser clean

serve: .venv/installed
	@$(BIN)/pressmark serve --port $(PORT)

test: .venv/installed-dev browser
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest --cov --cov-report=term:skip-covered

evaluation: .venv/installed-dev $(MEASURED)
	$(EVALUATE) publish docs/evaluation.md docs/scaling.md README.md --results $(RESULTS)

$(MEASURED): | $(RESULTS)

$(RESULTS):
	mkdir -p $@

$(RESULTS)/published-%.json:
	$(EVALUATE) reading $(DATA)/squad/dev-$(firstword $(subst -, ,$*)).json.gz \
		--predictions $(DATA)/squad/predictions-$*.json --json $@

$(RESULTS)/reading-%.json:
	$(EVALUATE) reading $(DATA)/squad/dev-$*.json.gz --json $@

$(RESULTS)/reading-sample.json:
	$(EVALUATE) reading $(DATA)/squad/dev-v1.1.json.gz --questions 1000 --json $@

$(RESULTS)/reading-typed-%.json:
	$(EVALUATE) reading $(DATA)/squad/dev-v1.1.json.gz --questions 1000 --typed $* --json $@

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

$(RESULTS)/benchmark-search.json: | build/news
	$(BIN)/pressmark benchmark $(DATA)/news-2022-2023/articles.jsonl.gz --sizes 1000 --runs 3 --archive build/news \
		--search-sizes 10000,100000,1000000 --json $@

build/news:
	$(BIN)/pressmark index $(DATA)/news-2022-2023/articles.jsonl.gz --archive $@

build/reader-float32:
	@test -n "$(CHECKPOINT)" || { echo "give the checkpoint that the reader was exported from: CHECKPOINT=DIR"; exit 2; }
	$(BIN)/pressmark train export $(CHECKPOINT) --out $@ --precision float32

# Four stages: all data; more of what is nearest to what is asked, and long windows; each question over several passages;
# then, from the mean of where it began and the first and the third, more changed questions. The reader is the mean of where
# it began and all stages but the second. A stage broken off goes on.
READER := $(DATA)/reader
TRAIN = $(BIN)/pressmark train reader $(READER)/train.jsonl.gz $(READER)/qamr.jsonl.gz $(READER)/policyqa.jsonl.gz \
	--join qamr_wikinews --join qamr_wikipedia --apart $(DATA)/squad/dev-v1.1.json.gz \
	--apart $(DATA)/squad/dev-v2.0.json.gz --typed 0.15 --keywords 0.2 --typos 0.2 \
	--out $(@D) $(if $(wildcard $(@D)/state.pt),--resume)
NEAREST := --weight squad=2 --weight shifts_new_wiki=1.5 --weight shifts_reddit=0.8 --weight nq=0.7 --weight covid=0.5 \
	--weight qamr_wikinews=0.25 --weight qamr_wikipedia=0.15 --weight policyqa=0.15

reader: build/reader/training.json | build/news
	$(BIN)/pressmark train export $(<D)
	-$(BIN)/pressmark train parity $(<D) qa/models/reader $(DATA)/squad/dev-v1.1.json.gz --questions 1000
	$(BIN)/pressmark train calibration $(<D)/held-out.jsonl $(NEWS) --archive build/news --asked 2022 --questions 500

build/reader/training.json: build/reader-1/training.json build/reader-3/training.json build/reader-4/training.json | start
	$(BIN)/pressmark train mean $(START) $(^D) --out $(@D)

build/reader-first/training.json: build/reader-1/training.json build/reader-3/training.json | start
	$(BIN)/pressmark train mean $(START) $(^D) --out $(@D)

start:
	@test -n "$(START)" || { echo "give the question-answering model to start from, a folder: START=DIR"; exit 2; }

build/reader-1/training.json: | start .venv/installed-dev
	$(TRAIN) --start $(START) --weight qamr_wikinews=0.6 --weight qamr_wikipedia=0.4 --weight policyqa=0.3 \
		--epochs 1.5 --learning-rate 1e-4 --negatives 0.2 --twisted 0.12 --dropout 0 --average 0.999

build/reader-2/training.json: build/reader-1/training.json
	$(TRAIN) --start $(<D) $(NEAREST) --epochs 1 --learning-rate 1e-4 --long-windows 0.3 --negatives 0.15 --twisted 0.16 \
		--dropout 0 --average 0.999

build/reader-3/training.json: build/reader-2/training.json
	$(TRAIN) --start $(<D) $(NEAREST) --epochs 0.1 --learning-rate 6e-5 --layer-decay 0.9 --long-windows 0.2 \
		--group-negatives 3 --negatives 0.1 --twisted 0.2 --dropout 0.1 --average 0.995

build/reader-4/training.json: build/reader-first/training.json
	$(TRAIN) --start $(<D) $(NEAREST) --weight nq=1 --weight covid=0.3 --weight qamr_wikinews=0.3 --weight policyqa=0.1 \
		--epochs 0.4 --learning-rate 1.2e-4 --long-windows 0.25 --negatives 0.2 --twisted 0.28 --dropout 0.1 \
		--average 0.998 --seed 11

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
