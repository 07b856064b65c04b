# `make run` and `make test` set up whatever is missing, in this folder only.
PYTHON ?= python3
# Every start of the program would be compiled anew.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
# The local Slack is one binary for each system, under a package of its own.
SLACK := local-slack-$(shell node -p "process.platform.replace('win32','windows')+'-'+process.arch" 2>/dev/null)@0.1.8
SLACK_READY := .local-slack/.ready-0.1.8
TOOLS_READY := $(VENV)/.tools-ready

.PHONY: run test test-browser lint format bench chaos pictures clean

run: $(VENV)/.ready $(SLACK_READY)
	@$(BIN)/python app.py db upgrade >/dev/null && exec $(BIN)/python app.py run

test: $(TOOLS_READY) $(SLACK_READY)
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

lint: $(TOOLS_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TOOLS_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(TOOLS_READY) $(SLACK_READY)
	$(BIN)/python -m tests.bench

# Processes killed, Slack and PostgreSQL in trouble; then nothing may be lost or doubled. docs/faults.md
chaos: $(TOOLS_READY) $(SLACK_READY)
	$(BIN)/python -m tests.chaos

# The README's pictures, taken from the running program.
pictures: $(TOOLS_READY) $(SLACK_READY)
	$(BIN)/python -m tests.pictures docs/pictures

clean:
	rm -rf $(VENV) .local-slack var .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: PYTHON=python3.12 make …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Fetching what the program runs on (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(TOOLS_READY): $(VENV)/.ready requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(SLACK_READY):
	@command -v npm >/dev/null || { echo "npm is needed for the local Slack: install Node.js first."; exit 1; }
	@mkdir -p .local-slack
	@echo "Fetching the local Slack (once, 95 MB) …"
	@npm install --silent --no-audit --no-fund --no-save --prefix .local-slack $(SLACK) >/dev/null
	@touch $@
