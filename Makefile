# The environment is a virtual environment in .venv. It is made from requirements/run.txt when that
# file changes; tests and the app add their packages. For everything else, activate .venv and use
# dbt.
.DEFAULT_GOAL := help
.PHONY: help segments catalog publish rollback report app metrics test lint docs settings demo bench bench-full lock clean

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/installed
APP_INSTALLED := $(VENV)/installed-app
DEV_INSTALLED := $(VENV)/installed-dev
# The programs of the benchmark have a separate environment.
PEERS := benchmarks/.venv
PEERS_INSTALLED := $(PEERS)/installed
# So does dbt-bouncer, which needs another DuckDB.
BOUNCER := .venv-bouncer
BOUNCER_INSTALLED := $(BOUNCER)/installed
# A saved query of models/semantic/.
QUERY ?= segment_overview
# Of pip only errors are printed.
QUIETLY := -qq --disable-pip-version-check
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export DBT_PROJECT_DIR := $(CURDIR)
export DBT_PROFILES_DIR := $(CURDIR)
export THREADS ?= $(shell getconf _NPROCESSORS_ONLN)

help:  ## List the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

segments: publish  ## Build segments from RAW_DATA_DIR and COMPANY_DIR (default: the demo insurer), publish and summarize them.
	@python scripts/print_summary.py

catalog: $(INSTALLED)  ## Propose the features of a wide table: DATA=<file or table> (COMPANY=<new folder>, KEY=<column>).
	@python scripts/propose_catalog.py $(if $(KEY),--key "$(KEY)") $(if $(COMPANY),--company "$(COMPANY)") "$(DATA)"

publish: $(INSTALLED)  ## Build and publish without the summary, for schedulers.
	@python scripts/build.py
	@python scripts/publish.py

rollback: $(INSTALLED)  ## Go back to the publication before the current one.
	python scripts/publish.py --rollback

test: $(DEV_INSTALLED) $(BOUNCER_INSTALLED) lint  ## Run all checks: lint, dbt build with unit tests, pytest.
	dbt build --target ci
	pytest --numprocesses auto --dist loadfile

lint: $(DEV_INSTALLED)  ## Check the style of SQL and Python.
	ruff check
	ruff format --check
	env -u WAREHOUSE_PATH sqlfluff lint --disable-progress-bar models tests macros

docs: $(INSTALLED)  ## Build the segments and their dbt documentation, target/static_index.html.
	dbt build --exclude-resource-type unit_test
	dbt docs generate --static

report: $(INSTALLED)  ## Write the report for managers about the published segments, in report/.
	python scripts/write_report.py

app: $(APP_INSTALLED)  ## Open the published segments in the browser.
	streamlit run app/segments.py

metrics: $(DEV_INSTALLED)  ## Query the publication for the metrics of QUERY, a saved query (default: segment_overview).
	dbt --quiet parse --target published
	DBT_TARGET=published mf query --saved-query $(QUERY)

settings: $(INSTALLED)  ## Write the table of vars in docs/settings.md again.
	python scripts/write_settings.py

demo: $(INSTALLED)  ## Write the bundled demo insurer again, from its seed.
	python scripts/generate_demo_insurer.py

bench: $(INSTALLED) $(PEERS_INSTALLED)  ## Measure 10,000 and 100,000 customers beside other programs (minutes).
	$(PEERS)/bin/python benchmarks/run.py --name quick --sizes 10000 100000

bench-full: $(INSTALLED) $(PEERS_INSTALLED)  ## Measure up to 10 million customers beside other programs (two hours, 40 GB of disk).
	$(PEERS)/bin/python benchmarks/run.py --name full

PIP_COMPILE := target/lock/bin/pip-compile --quiet --generate-hashes --no-strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock:  ## Resolve the requirements files again from pyproject.toml.
	$(PYTHON) -m venv target/lock
	target/lock/bin/pip install --quiet pip-tools
	$(PIP_COMPILE) --upgrade --extra report --extra app --extra dev \
		--output-file requirements/dev.txt pyproject.toml
	$(PIP_COMPILE) --extra report --extra app --constraint requirements/dev.txt \
		--output-file requirements/app.txt pyproject.toml
	$(PIP_COMPILE) --extra report --constraint requirements/dev.txt \
		--output-file requirements/run.txt pyproject.toml
	$(PIP_COMPILE) --upgrade --output-file requirements/bouncer.txt requirements/bouncer.in

clean:  ## Remove the environments, the default warehouse and what dbt wrote.
	rm -rf $(VENV) $(PEERS) $(BOUNCER) target logs warehouse/*.duckdb*

$(INSTALLED): requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, for example: make PYTHON=python3.12 segments")'
	@echo "Installing into $(VENV), once"
	@$(PYTHON) -m venv $(VENV)
	@pip install $(QUIETLY) --require-hashes -r requirements/run.txt
	@touch $@

# The packages of other targets go into the same environment; all files lock the same versions.
$(APP_INSTALLED): requirements/app.txt | $(INSTALLED)
	pip install $(QUIETLY) --require-hashes -r requirements/app.txt
	touch $@

$(DEV_INSTALLED): requirements/dev.txt | $(INSTALLED)
	pip install $(QUIETLY) --require-hashes -r requirements/dev.txt
	touch $@

$(PEERS_INSTALLED): benchmarks/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install $(QUIETLY) -r benchmarks/requirements.txt
	touch $@

$(BOUNCER_INSTALLED): requirements/bouncer.txt
	$(PYTHON) -m venv $(BOUNCER)
	$(BOUNCER)/bin/pip install $(QUIETLY) --require-hashes -r requirements/bouncer.txt
	touch $@
