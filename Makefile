# The tasks people need; `make` lists them. Each creates the environment in .venv when there is none.

PYTHON ?= python3
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export DO_NOT_TRACK := 1
export MLFLOW_DISABLE_TELEMETRY := true

.DEFAULT_GOAL := help
.PHONY: help environment demo test lint mlflow prefect clean

help: ## List the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

# Where PYTHONDONTWRITEBYTECODE is set, as in many containers, every process would compile what it imports anew.
environment: $(VENV)/.complete ## Create the environment in .venv
	@$(VENV)/bin/python -m compileall -q glre flows benchmarks sample_corpora

# Compiled by all cores at once; a package may bring files for another Python, which can't be.
$(VENV)/.complete: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --no-compile --constraint constraints.txt --editable '.[dev]'
	$(VENV)/bin/python -m compileall -qq -j 0 $(VENV)/lib || true
	touch $@

demo: environment ## Run every stage on the two sample corpora as a Prefect flow, and show results and report
	python -m flows pipeline --dataset sample --dataset sample_docred --target report_sample
	glre results --dataset sample --experiment glre
	glre results --dataset sample_docred --experiment glre
	@echo "Report:  file://$(CURDIR)/reports/sample/index.html"
	@echo "MLflow:  http://127.0.0.1:5000 after \`make mlflow\`"
	@echo "Prefect: http://127.0.0.1:4200 after \`make prefect\`"

# Four processes on two cores: those that test servers wait most of the time.
test: environment ## Run all tests
	OMP_NUM_THREADS=1 pytest -n 4 --dist loadfile --no-loadscope-reorder

lint: environment ## Check style and types
	ruff check
	ruff format --check
	mypy

mlflow: environment ## Open the runs in MLflow's pages on http://127.0.0.1:5000, or PORT=5001; Ctrl-C stops all of it
	@echo "Addresses of a table's comparison: glre compare table4 --dataset cdr"
	python -m flows mlflow $(if $(PORT),--port $(PORT))

prefect: environment ## Start Prefect on http://127.0.0.1:4200, or PORT=4201: server, schedules, worker; Ctrl-C stops all of it
	python -m flows serve $(if $(PORT),--port $(PORT))

clean: ## Remove the environment and everything unfinished
	rm -rf $(VENV) checkpoints data/partial
