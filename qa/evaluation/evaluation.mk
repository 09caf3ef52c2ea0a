# `make evaluation DATA=... HELD_OUT=...` measures everything that docs/evaluation.md shows, in hours, a file of results each;
# delete one, and it is measured again. More is measured by name, such as `make build/evaluation/retrieval-squad.json DATA=...`,
# and answers-squad-v1.1-answerable, -v2.0, retrieval-news-2023, tune-news-2022.txt.
RESULTS := build/evaluation
EVALUATE := $(BIN)/pressmark evaluate
SQUAD := $(DATA)/squad
NEWS := $(DATA)/news-2022-2023/questions.jsonl
FORMS := plain keywords typo
PUBLISHED := v1.1-bert-ensemble v1.1-match-lstm v2.0-bert-large v2.0-bidaf-elmo
MEASURED := $(addprefix $(RESULTS)/,$(PUBLISHED:%=published-%.json) reading-v1.1.json reading-v2.0.json \
	reading-v1.1-small.json reading-v2.0-small.json reading-sample.json $(FORMS:%=reading-typed-%.json) \
	parity-careful.txt parity-small.txt answers-seeds.json answers-squad-v1.1.json answers-news-2023.json \
	ablations-news-2022.json orders-2022.json benchmark.json benchmark-search.json)

.PHONY: evaluation

evaluation: .venv/installed-dev $(MEASURED)
	$(EVALUATE) publish docs/evaluation.md docs/scaling.md --results $(RESULTS) --data $(DATA)

$(MEASURED): | $(RESULTS)

$(RESULTS):
	mkdir -p $@

$(RESULTS)/published-%.json:
	$(EVALUATE) reading $(SQUAD)/dev-$(firstword $(subst -, ,$*)).json.gz \
		--predictions $(SQUAD)/predictions-$*.json --json $@

$(RESULTS)/reading-%.json:
	$(EVALUATE) reading $(SQUAD)/dev-$*.json.gz --json $@

$(RESULTS)/reading-%-small.json:
	$(EVALUATE) reading $(SQUAD)/dev-$*.json.gz --reader small --json $@

$(RESULTS)/reading-sample.json:
	$(EVALUATE) reading $(SQUAD)/dev-v1.1.json.gz --questions 300 --json $@

$(RESULTS)/reading-typed-%.json:
	$(EVALUATE) reading $(SQUAD)/dev-v1.1.json.gz --questions 300 --typed $* --json $@

# The exit status is 1 where int8 differs by too much: that is a figure, too. CHECKPOINTS is a folder with the readers'
# checkpoints by name; without it, what their weights lost when they were rounded is not seen.
$(RESULTS)/parity-%.txt:
	-$(BIN)/pressmark train parity qa/models/$* $(SQUAD)/dev-v1.1.json.gz --questions 1000 \
		$(if $(CHECKPOINTS),--checkpoint $(CHECKPOINTS)/$*) > $@

$(RESULTS)/retrieval-squad.json:
	$(EVALUATE) retrieval $(SQUAD)/dev-v1.1.json.gz --json $@

$(RESULTS)/retrieval-news-%.json: | build/news
	$(EVALUATE) retrieval $(NEWS) --archive build/news --asked $* --as-of-asked --json $@

$(RESULTS)/answers-squad-%.json:
	$(EVALUATE) answers $(SQUAD)/dev-$*.json.gz --questions 1000 --explain --json $@

# All questions of SQuAD 1.1 have an answer: a confidence that is told so.
$(RESULTS)/answers-squad-v1.1-answerable.json:
	PRESSMARK_ANSWERABLE=1 $(EVALUATE) answers $(SQUAD)/dev-v1.1.json.gz --questions 1000 --json $@

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

# How many passages are skimmed and read, against milliseconds and F1, and what else is decided once they are found.
$(RESULTS)/ablations-news-%.json: | build/news
	$(EVALUATE) ablations $(NEWS) --archive build/news --asked $* --as-of-asked --questions 250 --others 100 \
		--only k --only "skimmed and read" --only reordering --only stopping --json $@

$(RESULTS)/benchmark.json: | build/news
	$(BIN)/pressmark benchmark $(DATA)/news-2022-2023/articles.jsonl.gz --sizes 1000,10000 --runs 3 --archive build/news \
		--json $@

$(RESULTS)/benchmark-search.json: | build/news
	$(BIN)/pressmark benchmark $(DATA)/news-2022-2023/articles.jsonl.gz --sizes 1000 --runs 3 --archive build/news \
		--search-sizes 10000,100000,1000000 --json $@

build/news:
	$(BIN)/pressmark index $(DATA)/news-2022-2023/articles.jsonl.gz --archive $@
