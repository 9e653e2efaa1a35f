.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed-dev
RUN_STAMP := .venv/.installed

.PHONY: help install demo run test check golden bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUN_STAMP) ## make .venv from the hashed locks

$(RUN_STAMP): requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMP): requirements-dev.txt $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

demo: $(RUN_STAMP) ## the main job on the bundled newsroom, in under a minute
	$(BIN)/python -m pantau demo

run: $(RUN_STAMP) ## the scheduled crawler, until you stop it
	$(BIN)/python -m pantau run

test: check ## lint, types, imports and every test
	$(BIN)/python -m pytest -n 2 -q

check: $(STAMP) ## lint, types, imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

golden: $(STAMP) ## show where pages read differently from their golden files (accepts nothing)
	$(BIN)/python -m tests.golden.compare

bench: $(STAMP) ## benchmarks beside peers, by hand
	$(BIN)/python bench/extract.py

lock: $(STAMP) ## write the locks anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 pyproject.toml lock.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 --extra dev -c requirements.txt pyproject.toml lock.in -o requirements-dev.txt

clean: ## remove what was built
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache
