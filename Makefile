# Each target sets up what it needs: a virtual environment in .venv, from the lock files.

.DEFAULT_GOAL := help
.PHONY: help run demo test check bench lock migration clean

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq install
# The same list as in tests/browser/conftest.py; the first is a third faster.
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome
BUILD := flit_core>=3.12,<4
UV := uv>=0.9,<1
LOCK := $(PY) -m uv pip compile pyproject.toml - --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --custom-compile-command 'make lock'

help:
	@echo 'make run       serve on http://127.0.0.1:8000, with all data in instance/'
	@echo 'make demo      the same with demo members and messages, in instance/demo/'
	@echo 'make test      run all tests, on SQLite with browsers, then on PostgreSQL if available'
	@echo 'make check     check format, types, imports and known vulnerabilities'
	@echo 'make bench     the figures in docs/benchmarks.md'
	@echo 'make lock      update the lock files to the newest allowed versions'
	@echo 'make migration name="Add photos to members"'
	@echo 'make clean     remove the environment and build files, but no data'

run: .venv/run
	@exec $(PY) -m linkmsg run

demo: .venv/run
	@LINKMSG_DATA_DIR="$${LINKMSG_DATA_DIR:-instance/demo}" exec $(PY) -m linkmsg demo

bench: .venv/dev
	@exec $(PY) -m bench

# PostgreSQL is used if TEST_POSTGRES_URL is set; CI has a local one.
test: .venv/dev
	@browser() { for each in $(BROWSERS); do command -v $$each && return; done; return 1; }; \
	install() { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		fonts-liberation $$1 >/dev/null; }; \
	postgres="$${TEST_POSTGRES_URL:-$${CI:+postgresql+psycopg://postgres@127.0.0.1:5432/postgres}}"; \
	if ! browser >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'Installing Chromium for the browser tests'; \
		apt-get update -qq; \
		install chromium-headless-shell || install chromium || true; \
	fi; \
	chosen=''; \
	if ! browser >/dev/null; then \
		[ -z "$$CI" ] || { echo 'Chromium is missing, and CI must run the browser tests.'; exit 1; }; \
		echo 'Skipping browser tests: install Chromium to run them.'; \
		chosen='not browser'; \
	fi; \
	[ -n "$$postgres" ] || echo 'Skipping PostgreSQL: set TEST_POSTGRES_URL to test on it.'; \
	run() { $(PY) -m pytest -q --dist worksteal "$$@"; }; \
	if [ -z "$$postgres" ]; then unset TEST_POSTGRES_URL; run -n 4 -m "$$chosen"; exit; fi; \
	echo 'Running the tests on SQLite, and beside it on PostgreSQL'; \
	report=$$(mktemp); trap 'rm -f "$$report"' EXIT; \
	( export TEST_POSTGRES_URL="$$postgres"; run -n 2 -m 'not browser' --s3 ) >"$$report" 2>&1 & \
	( unset TEST_POSTGRES_URL; run -n 4 -m "$$chosen" ) && passed=yes || passed=''; \
	wait $$! || passed=''; \
	echo 'On PostgreSQL:'; cat "$$report"; \
	[ -n "$$passed" ]

check: .venv/dev
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	@report=$$($(PY) -m pip_audit --requirement requirements-dev.lock --disable-pip \
		--progress-spinner off 2>&1) && reached=yes || reached=''; \
	unknown=$$(echo "$$report" | grep -c 'could not be audited'); \
	if echo "$$report" | grep '^Found '; then echo "$$report"; exit 1; fi; \
	if [ -z "$$reached" ]; then echo 'pip-audit could not reach its database: nothing was audited.'; \
	elif [ "$$unknown" -gt 0 ]; then echo "pip-audit has no data on $$unknown packages."; \
	else echo "$$report"; fi

lock: .venv/dev
	@echo '$(BUILD)' | $(LOCK) --extra postgres --extra s3 --output-file requirements.lock
	@echo '$(BUILD)' | $(LOCK) --all-extras --constraint requirements.lock \
		--output-file requirements-dev.lock

# The revision is generated from the difference between the models and a new database.
migration: .venv/dev
	@[ -n '$(name)' ] || { echo 'Describe the change: make migration name="Add photos to members"'; exit 1; }
	@LINKMSG_DATA_DIR=$$(mktemp -d) && export LINKMSG_DATA_DIR && \
	trap 'rm -rf "$$LINKMSG_DATA_DIR"' EXIT && \
	count=$$(ls linkmsg/migrations/versions | grep -c '^[0-9].*[.]py$$' || true) && \
	{ [ "$$count" = 0 ] || $(PY) -m linkmsg db upgrade; } && \
	$(PY) -m flask --app app db migrate --message '$(name)' --rev-id "$$(printf %04d $$((count + 1)))"
	@$(PY) -m ruff format --quiet linkmsg/migrations/versions

clean:
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
		build dist test-results

.venv/run: requirements.lock pyproject.toml | $(PY)
	@echo 'Setting up .venv from $<'
	@$(PIP) --require-hashes --requirement $<
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# uv installs the tools for development in a fraction of pip's time.
.venv/dev: requirements-dev.lock pyproject.toml | $(PY)
	@echo 'Setting up .venv from $<'
	@$(PIP) '$(UV)'
	@$(PY) -m uv pip install --quiet --python $(PY) --require-hashes --requirement $<
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(PY):
	@for each in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
		$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		$$each -m venv .venv >/dev/null 2>&1 && exit 0; \
		rm -rf .venv; \
		echo "$$each can't create a virtual environment. Install its venv module and try again;"; \
		echo 'on Debian and Ubuntu: apt install python3-venv'; \
		exit 1; \
	done; \
	echo 'linkmsg needs Python 3.11 or newer. Install it and try again;'; \
	echo 'or say where it is: make PYTHON=/opt/python/bin/python3 run'; \
	exit 1
