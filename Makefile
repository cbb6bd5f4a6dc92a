# The only entry point for work: `make help` lists what there is.
# A fresh machine needs make, Python >= 3.11 with venv, and apt or an installed rabbitmq-server.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test k8s-check proof lint contracts sbom lock clean

usable = $(shell $(1) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>&1 || echo no)
candidates = python3.11 python3.12 python3.13 python3
PYTHON ?= $(firstword $(foreach name,$(candidates),$(if $(call usable,$(name)),,$(name))))
PORT ?= 8080
STAY ?= 1
PROCESSES ?= 0
OF ?= year
TESTS ?=
switch = $(if $(filter 0 1,$($(1))),,$(error $(1)=$($(1)): it is 0 or 1))
VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(VENV)/bin/pip install --quiet --disable-pip-version-check \
	--require-hashes --only-binary :all:

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: $(VENV)/.run-stamp ## play the year of Dujiangyan (STAY=0 ends after it, PROCESSES=1, PORT=8080)
	@$(call switch,STAY)$(call switch,PROCESSES)$(RUN) -m libs.embedded run --port '$(PORT)' \
		$(if $(filter 1,$(STAY)),--stay,--no-stay) $(if $(filter 1,$(PROCESSES)),--processes)

# In the order of collection: by the number of tests the longest, which are alone in their modules,
# would come last, and one of the two processes would have nothing to do.
test: $(VENV)/.dev-stamp ## run the tests (TESTS=tests/libs for some of them)
	@$(RUN) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(TESTS)

k8s-check: $(VENV)/.dev-stamp ## render and judge the manifests of deploy/k8s (needs kubectl)
	@$(RUN) -m pytest tests/deploy

proof: $(VENV)/.dev-stamp ## prove a promise at length (OF=year)
	@$(RUN) -m tests.proof '$(OF)'

lint: $(VENV)/.dev-stamp ## check style and types
	@$(RUN) -m ruff check . deploy/assemble
	@$(RUN) -m ruff format --check . deploy/assemble
	@$(RUN) -m mypy $(wildcard libs services scenarios tests deploy bench)

contracts: $(VENV)/.run-stamp ## write the contracts of all services anew
	@$(RUN) -m services contracts

sbom: $(VENV)/.dev-stamp ## write a bill of materials for each image into build/sbom
	@$(RUN) -m deploy.sbom build/sbom

lock: requirements/service.in requirements/run.in requirements/dev.in ## resolve the requirements to hashed locks
	@test -x $(VENV)/lock/bin/uv || $(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check uv
	@cd requirements && for group in service run dev; do \
		../$(VENV)/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --universal \
			--python-version 3.11 --no-emit-index-url --no-emit-find-links \
			--custom-compile-command 'make lock' $$group.in -o $$group.lock; \
	done

clean: ## remove the environment, build, the checkout's caches and the data of the embedded servers
	@$(PYTHON) -m libs.embedded.clean
	@rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@cache="$${SANSHE_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/sanshe}"; test ! -d "$$cache" || \
		echo "Kept: $$cache (unpacked packages, for every checkout). To remove it: rm -r '$$cache'"

$(VENV)/bin/pip:
	@test -z "$(call usable,$(PYTHON))" || { \
		echo "Sanshe needs Python 3.11 or newer: install it, or name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments: apt-get install python3-venv," >&2; \
		echo "or name another Python with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run-stamp: requirements/run.lock | $(VENV)/bin/pip
	@echo "Installing what the services need ..."
	@$(INSTALL) -r requirements/run.lock
	@touch $@

# The lock for development holds the other's pins too, so one environment serves both.
$(VENV)/.dev-stamp: requirements/dev.lock $(VENV)/.run-stamp
	@echo "Installing what the tests and checks need ..."
	@$(INSTALL) -r requirements/dev.lock
	@touch $@
