# `make report` and `make test` do all set-up; they need Python 3.11 or later and make, nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: report test lint lab docs benchmark lock clean

report: $(READY)  ## all reports there are, into reports/ (open reports/index.html); make report ARGS="2024 --lang en"
	$(BIN)/minsheng report $(ARGS)

test: $(READY)  ## the whole test suite
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(READY)  ## JupyterLab on a working copy of the notebooks
	$(BIN)/minsheng lab

docs: $(READY)  ## the documentation as static pages, into build/docs/ (open build/docs/index.html)
	$(BIN)/python docs/build.py $(ARGS)

benchmark: $(READY)  ## speed, side by side with what a user would do instead
	$(BIN)/python benchmarks/run.py $(ARGS)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5) and "minsheng needs Python 3.11.5 or later: make PYTHON=...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $(READY)

lock:  ## write requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11.5 --all-extras --upgrade --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --quiet pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache
