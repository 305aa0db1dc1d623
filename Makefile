# Two commands matter: `make book` builds the site, `make test` passes the tests.
# Both make the environment first; nothing needs to be installed by hand.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The project's own uv, in its own environment, unless the machine has one.
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
# A file's tests share what they build; files come in the order of tests/conftest.py. Each
# process has one core: linear algebra on all of them would only be in the others' way.
TESTS := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadfile \
	--no-loadscope-reorder
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: book
book: environment ## Build the site into _build/html
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "The book is at _build/html/index.html"

.PHONY: pdf
pdf: environment pango ## Make the book and the brief as PDF in _build/documents
	$(BIN)/jupyter-book build . -W -n --keep-going --builder custom --custom-builder print

.PHONY: epub
epub: environment ## Make the book as EPUB in _build/documents
	$(BIN)/jupyter-book build . -W -n --keep-going --builder custom --custom-builder epub

.PHONY: linkcheck
linkcheck: environment ## Try the links to other sites; the report is _build/linkcheck/output.txt
	-$(BIN)/jupyter-book build . --builder custom --custom-builder linkcheck
	@echo "The report is at _build/linkcheck/output.txt"

.PHONY: test
test: environment chromium pango validators ## Run all tests
	$(TESTS)

.PHONY: coverage
coverage: environment chromium pango validators ## Run all tests, and say which lines and branches none executes
	$(TESTS) --cov --cov-report=term:skip-covered

.PHONY: test-slow
test-slow: environment ## Measure the coverage of every interval; writes benchmarks/results
	$(BIN)/pytest -m slow

.PHONY: check
check: environment ## Check format, lint, imports, types and that notebooks hold no outputs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy
	$(BIN)/nbstripout --keep-id --verify chapters/*.ipynb binder/*.ipynb

.PHONY: format
format: environment ## Format the code and strip the notebooks' outputs
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/nbstripout --keep-id chapters/*.ipynb binder/*.ipynb

.PHONY: bench
bench: environment ## Measure build times and overheads; writes benchmarks/results
	$(BIN)/python benchmarks/build.py

.PHONY: backtest
backtest: environment ## Score past forecasts with what was known; writes benchmarks/results
	PYTHONPATH=. $(BIN)/python benchmarks/backtest.py

.PHONY: bench-models
bench-models: environment ## Measure chapters, refits of the scaling law and the forecast
	$(BIN)/python benchmarks/chapter_runs.py
	$(BIN)/python benchmarks/scaling_law.py
	$(BIN)/python benchmarks/forecast.py

.PHONY: bench-start
bench-start: environment ## Measure how soon commands answer and runs are planned
	$(BIN)/python benchmarks/start.py

.PHONY: bench-serve
bench-serve: environment book ## Measure how soon a change is served (some minutes)
	$(BIN)/python benchmarks/serve.py

.PHONY: bench-rerun
bench-rerun: environment ## Measure reruns and sweeps against plain papermill (half an hour)
	$(BIN)/python benchmarks/rerun.py

.PHONY: bench-models-only
bench-models-only: environment ## Measure sweeps by the models alone; writes benchmarks/results
	PYTHONPATH=. $(BIN)/python benchmarks/models_only.py

.PHONY: bench-explorer
bench-explorer: environment chromium ## Measure the sliders and their error
	PYTHONPATH=. $(BIN)/python benchmarks/explorer.py

.PHONY: bench-site
bench-site: environment chromium ## Measure the book's pages: bytes, axe-core, Lighthouse (needs npm)
	cd benchmarks/lighthouse && npm ci --silent
	PYTHONPATH=. $(BIN)/python benchmarks/site.py

.PHONY: bench-load
bench-load: environment ## Measure 2,000 runs, 200 figures, 1,000,000 rows; writes benchmarks/results
	PYTHONPATH=. $(BIN)/python benchmarks/load.py

.PHONY: bench-releases
bench-releases: environment ## Measure what a version costs that changes one figure (some minutes)
	PYTHONPATH=. $(BIN)/python benchmarks/releases.py

NEXT := .venv-next
NEXT_OWN := sphinx|myst|docutils|markdown-it|mdit|jupyter-book

.PHONY: next-sphinx
next-sphinx: book ## Build the same sources by plain Sphinx 9 in its own environment; compare
	@test -x $(NEXT)/bin/python || $(UV) venv --quiet --python $(PYTHON) $(NEXT)
	$(UV) pip sync --quiet --python $(NEXT)/bin/python next_sphinx/requirements.txt
	PYTHONPATH=. $(NEXT)/bin/python -m next_sphinx.build _build/next/html
	$(BIN)/python -m next_sphinx.compare _build/html _build/next/html

.PHONY: next-sphinx-lock
next-sphinx-lock: environment ## Lock that environment: what uv.lock has, but for the page builder
	@mkdir -p _build
	$(UV) export --quiet --no-emit-project --no-hashes --no-annotate --no-header --no-dev \
	  | grep -ivE '^($(NEXT_OWN))' > _build/next-constraints.txt
	$(UV) pip compile --quiet pyproject.toml next_sphinx/requirements.in --python-version 3.11 \
	  --override next_sphinx/overrides.txt --constraint _build/next-constraints.txt \
	  --generate-hashes --no-annotate --no-header --output-file next_sphinx/requirements.txt

.PHONY: two-builds
two-builds: environment ## Build twice in other surroundings; name the first byte that differs
	$(BIN)/python -m tests.reproducibility.two_builds

.PHONY: offline-check
offline-check: environment ## Build cold with the network cut off
	$(BIN)/python -m tests.reproducibility.offline

.PHONY: matrix
matrix: environment ## Compare headline numbers under Python 3.11, 3.12 and 3.13
	$(BIN)/python -m tests.reproducibility.pythons

.PHONY: audit
audit: environment ## Look the locked packages up among known vulnerabilities
	$(BIN)/python -m tests.reproducibility.audit --uv $(UV)

.PHONY: clean
clean: ## Remove the built book and all runs; keep the environment
	rm -rf _build

.PHONY: environment
environment: $(VENV)/.locked

$(VENV)/.locked: uv.lock pyproject.toml
	@test -x "$(UV)" || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	@# uv would remove itself from the environment it lives in: --inexact keeps it.
	$(UV) sync --locked --inexact --quiet --compile-bytecode --python $(PYTHON)
	@touch $@

.PHONY: chromium
chromium: environment ## Bring Chromium for the browser tests
	@$(BIN)/python tests/browser/find_chromium.py --install

.PHONY: pango
pango: environment ## Bring the library that sets the type of PDFs
	@$(BIN)/python tests/printed/find_tools.py --install pango

.PHONY: validators
validators: tests/validators/node_modules/.package-lock.json ## Bring what pages are checked against

tests/validators/node_modules/.package-lock.json: tests/validators/package-lock.json
	@# The checker's own script would fetch a Java; the machine's is used.
	@(cd tests/validators && npm ci --ignore-scripts --silent && touch node_modules/.package-lock.json) \
	  || echo "What pages are checked against is not here: npm brings it, where it is at hand"
