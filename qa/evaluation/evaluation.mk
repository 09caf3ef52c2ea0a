# `make evaluation DATA=... CHECKPOINT=...` measures everything that docs/evaluation.md shows, in hours, a file of results
# each; delete one, and it is measured again.
RESULTS := build/evaluation
EVALUATE := $(BIN)/pressmark evaluate
NEWS := $(DATA)/news-2022-2023/questions.jsonl
FORMS := plain keywords typo
PUBLISHED := v1.1-bert-ensemble v1.1-match-lstm v2.0-bert-large v2.0-bidaf-elmo
MEASURED := $(addprefix $(RESULTS)/,$(PUBLISHED:%=published-%.json) reading-v1.1.json reading-v2.0.json \
	reading-sample.json $(FORMS:%=reading-typed-%.json) \
	retrieval-squad.json retrieval-news-2023.json \
	answers-squad-v1.1.json answers-squad-v2.0.json answers-news-2023.json answers-seeds.json \
	tune-news-2022.txt orders-2022.json ablations-news-2022.json benchmark.json benchmark-search.json)

.PHONY: evaluation

evaluation: .venv/installed-dev $(MEASURED)
	$(EVALUATE) publish docs/evaluation.md docs/scaling.md README.md --results $(RESULTS) --data $(DATA)

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
	$(EVALUATE) retrieval $(NEWS) --archive build/news --asked $* --as-of-asked --json $@

$(RESULTS)/answers-squad-%.json:
	$(EVALUATE) answers $(DATA)/squad/dev-$*.json.gz --questions 1000 --explain --json $@

$(RESULTS)/answers-news-%.json: | build/news
	$(EVALUATE) answers $(NEWS) --archive build/news --asked $* --as-of-asked --questions 700 --explain --json $@

$(RESULTS)/answers-seeds.json:
	$(EVALUATE) answers seeds/questions.jsonl --explain --json $@

$(RESULTS)/tune-news-%.txt: | build/news
	$(EVALUATE) tune $(NEWS) --archive build/news --asked $* --as-of-asked --questions 200 > $@

$(RESULTS)/orders-%.json: build/held-out.jsonl | build/news
	$(EVALUATE) orders $< $(NEWS) --archive build/news --asked $* --as-of-asked --json $@

build/held-out.jsonl:
	@test -n "$(HELD_OUT)" || { echo "give the questions that training left out: HELD_OUT=CHECKPOINT/held-out.jsonl"; exit 2; }
	cp $(HELD_OUT) $@

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
