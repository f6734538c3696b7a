# Two commands are enough: `make demo` to meet it, `make test` to trust it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: help env demo tour test long check lint types imports bench lock clean

help:            ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 10

env: $(VENV)/.made  ## the environment, from the hash-pinned lock
$(VENV)/.made: requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; try: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: env        ## the story in a local workspace, which stays up until Ctrl-C
	@$(BIN)/python -m tour --stay --port 8790

tour: env        ## the same story, checked; leaves var/tour/
	@$(BIN)/python -m tour

test: env        ## the tests; those in a browser where there is a Chromium
	@$(BIN)/python -m pytest -n 2 -m "not long"

check: env lint types imports test long tour  ## everything that must hold before a change lands

long: env        ## what takes longer: properties, faults, and the story in a browser, which must be there
	@BROWSER=required $(BIN)/python -m pytest -n 2 -m long

lint: env        ## ruff, every rule
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: env       ## mypy --strict
	@$(BIN)/mypy

imports: env     ## imports run one way
	@$(BIN)/lint-imports

bench: env       ## ratios to floors measured in the same run
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.page

lock: env        ## pin what pyproject.toml asks for, with hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements/lock.txt

clean:           ## remove the environment and what the story left
	@rm -rf $(VENV) var build *.egg-info
