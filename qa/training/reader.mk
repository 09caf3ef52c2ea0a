# `make reader DATA=... START=... TEACHER=...` trains the small reader from a first one, with the careful one's checkpoint as
# its teacher, exports it, compares the two, and fits the confidence. `make careful DATA=... START=...` does so for the
# careful one. Either is the mean of two trainings that go on from one. Called again, they go on where they were broken off;
# training takes days on two cores, minutes on a GPU.
.PHONY: reader careful start teacher

READER := $(DATA)/reader
MORE := $(filter-out %/qasrl_gs.jsonl.gz,$(sort $(wildcard $(READER)/more/*.jsonl.gz)))
TRAIN = $(BIN)/pressmark train reader $(READER)/train.jsonl.gz $(READER)/qamr.jsonl.gz $(READER)/policyqa.jsonl.gz $(MORE) \
	--join qamr_wikinews --join qamr_wikipedia --join qadiscourse_wikinews --join qadiscourse_wikipedia \
	--apart $(DATA)/squad/dev-v1.1.json.gz --apart $(DATA)/squad/dev-v2.0.json.gz \
	--weight shifts_reddit=0.8 --weight nq=0.9 --weight policyqa=0.6 --weight qamr_wikinews=0.25 \
	--weight qamr_wikipedia=0.1 --weight fairytaleqa=0.4 --weight qadiscourse_wikinews=0.5 \
	--weight qadiscourse_wikipedia=0.5 --weight squad2_train_unanswerable=1.5 --weight squad_train_reqa_sentence=0.7 \
	--batch-tokens 12288 --long-windows 0.3 --perturbed 0.08 --keywords 0.2 --typos 0.2 --headings 0.6 --ema 0.999 \
	--warmup 0.04 --out $(@D) $(if $(wildcard $(@D)/state.pt),--resume)

reader: build/small/training.json
	$(BIN)/pressmark train export $(<D) --heading --out qa/models/small
	$(CALIBRATE) --reader small
	$(call PARITY,small)

careful: build/careful/training.json
	$(BIN)/pressmark train export $(<D) --heading --skimmer small --out qa/models/careful
	$(CALIBRATE) --reader careful
	$(call PARITY,careful)

# Says what int8 costs: the last step, for it ends in an error where that is too much.
define PARITY
-$(BIN)/pressmark train parity qa/models/$(1) tests/sample/reading.json --checkpoint $(<D) --spans tests/sample/spans-$(1).json
$(BIN)/pressmark train parity qa/models/$(1) $(DATA)/squad/dev-v1.1.json.gz --checkpoint $(<D) --questions 1000
endef

# Of forum posts, tales and what is told across sentences, too many of the marked answers are not the only right ones.
TRUSTED := squad|squad_train_(cs224n_a|cs5242|du_test)|squad2_train_unanswerable|shifts_new_wiki|nq|nq_open_dev_gold_passage|covid
CALIBRATE = grep -E '"source": "($(TRUSTED)|tydiqa_goldp_english_(dev|train))"' $(<D)/held-out.jsonl > build/calibration.jsonl \
	&& $(BIN)/pressmark train calibration build/calibration.jsonl

build/small/training.json: build/small-21/training.json build/small-22/training.json
build/careful/training.json: build/careful-11/training.json build/careful-12/training.json
build/small/training.json build/careful/training.json:
	$(BIN)/pressmark train mean $(^D) --out $(@D)

SMALL = --teacher $(TEACHER) --learning-rate 3e-4 --negatives 0.22 --typed 0.15 --dropout 0 \
	--doubtful squad_train_recovered --doubtful squad_train_recovered_truecased
CAREFUL = --typed 0.12 --dropout 0.1

build/small-2%/training.json: build/small-first/training.json
	$(TRAIN) --start $(<D) $(SMALL) --epochs 2 --seed 2$*

build/small-first/training.json: | start teacher .venv/installed-dev
	$(TRAIN) --start $(START) $(SMALL) --epochs 1.6

build/careful-11/training.json: build/careful-first/training.json
	$(TRAIN) --start $(<D) $(CAREFUL) --epochs 3.5 --learning-rate 4e-5 --negatives 0.17 --seed 11

build/careful-12/training.json: build/careful-first/training.json
	$(TRAIN) --start $(<D) $(CAREFUL) --epochs 3.5 --learning-rate 5e-5 --negatives 0.22 --seed 12

build/careful-first/training.json: | start .venv/installed-dev
	$(TRAIN) --start $(START) $(CAREFUL) --epochs 2.9 --learning-rate 4e-5 --negatives 0.15

start:
	@test -n "$(START)" || { echo "give the question-answering model to start from, a folder: START=DIR"; exit 2; }

teacher:
	@test -n "$(TEACHER)" || { echo "give the careful reader's checkpoint, a folder: TEACHER=DIR"; exit 2; }
