# `make reader DATA=... START=...` trains the reader from a first one, in half a day; called again, it goes on.
#
# Four stages: all data; more of what is nearest to what is asked, and long windows; each question over several passages;
# then, from the mean of where it began and the first and the third, more changed questions. The reader is the mean of where
# it began and all stages but the second. A stage broken off goes on.
.PHONY: reader start

READER := $(DATA)/reader
TRAIN = $(BIN)/pressmark train reader $(READER)/train.jsonl.gz $(READER)/qamr.jsonl.gz $(READER)/policyqa.jsonl.gz \
	--join qamr_wikinews --join qamr_wikipedia --apart $(DATA)/squad/dev-v1.1.json.gz \
	--apart $(DATA)/squad/dev-v2.0.json.gz --typed 0.15 --keywords 0.2 --typos 0.2 \
	--out $(@D) $(if $(wildcard $(@D)/state.pt),--resume)
NEAREST := --weight squad=2 --weight shifts_new_wiki=1.5 --weight shifts_reddit=0.8 --weight nq=0.7 --weight covid=0.5 \
	--weight qamr_wikinews=0.25 --weight qamr_wikipedia=0.15 --weight policyqa=0.15

reader: build/reader/training.json | build/news
	$(BIN)/pressmark train export $(<D)
	$(BIN)/pressmark train parity $(<D) qa/models/reader $(DATA)/squad/dev-v1.1.json.gz --questions 1000
	$(BIN)/pressmark train calibration $(<D)/held-out.jsonl $(NEWS) --archive build/news --asked 2022 --questions 500

build/reader/training.json: build/reader-1/training.json build/reader-3/training.json build/reader-4/training.json | start
	$(BIN)/pressmark train mean $(START) $(^D) --out $(@D)

build/reader-first/training.json: build/reader-1/training.json build/reader-3/training.json | start
	$(BIN)/pressmark train mean $(START) $(^D) --out $(@D)

start:
	@test -n "$(START)" || { echo "give the question-answering model to start from, a folder: START=DIR"; exit 2; }

build/reader-1/training.json: | start .venv/installed-dev
	$(TRAIN) --start $(START) --weight qamr_wikinews=0.6 --weight qamr_wikipedia=0.4 --weight policyqa=0.3 \
		--epochs 1.5 --learning-rate 1e-4 --negatives 0.2 --perturbed 0.12 --dropout 0 --ema 0.999

build/reader-2/training.json: build/reader-1/training.json
	$(TRAIN) --start $(<D) $(NEAREST) --epochs 1 --learning-rate 1e-4 --long-windows 0.3 --negatives 0.15 --perturbed 0.16 \
		--dropout 0 --ema 0.999

build/reader-3/training.json: build/reader-2/training.json
	$(TRAIN) --start $(<D) $(NEAREST) --epochs 0.1 --learning-rate 6e-5 --layer-decay 0.9 --long-windows 0.2 \
		--group-negatives 3 --negatives 0.1 --perturbed 0.2 --dropout 0.1 --ema 0.995

build/reader-4/training.json: build/reader-first/training.json
	$(TRAIN) --start $(<D) $(NEAREST) --weight nq=1 --weight covid=0.3 --weight qamr_wikinews=0.3 --weight policyqa=0.1 \
		--epochs 0.4 --learning-rate 1.2e-4 --long-windows 0.25 --negatives 0.2 --perturbed 0.28 --dropout 0.1 \
		--ema 0.998 --seed 11
