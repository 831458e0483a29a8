# make run    set up what is missing and open the app on the example project (no screen: do the same job headless)
# make test   set up what is missing and run every check: lint, types, import contracts, tests
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN = $(VENV)/bin
DEMO_OUTPUT ?= demo-output

.PHONY: run test test-long lint screenshots translations architecture reference docs wheelhouse folder clean

run: $(VENV)/.installed
	@sh .ci/system-packages run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(BIN)/python main.py --demo; \
	else \
		echo "No screen here: doing the example's job headless."; \
		$(BIN)/python main.py --demo --headless $(DEMO_OUTPUT); \
	fi

test: $(VENV)/.installed-dev lint
	@sh .ci/system-packages test
	$(BIN)/python -m pytest

test-long: $(VENV)/.installed-dev
	@sh .ci/system-packages test
	$(BIN)/python -m pytest -m "long or not long" --run-long

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Fewshot needs Python 3.11 or newer; none was found on the PATH." >&2; exit 1; }
	@sh .ci/system-packages venv $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@sh .ci/install $(BIN)/python .
	@$(BIN)/python -m model.features.compile_loops
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@sh .ci/install $(BIN)/python ".[dev]"
	@$(BIN)/python -m model.features.compile_loops
	@touch $@ $(VENV)/.installed

# The pictures of README and tutorials, and every state of the window in each variant in screens/, to be looked at.
screenshots: $(VENV)/.installed
	$(BIN)/python main.py --demo --headless $(DEMO_OUTPUT)
	mkdir -p docs/images
	cp $(DEMO_OUTPUT)/06-explained.png docs/images/inspector.png
	cp $(DEMO_OUTPUT)/07-gallery.png docs/images/gallery.png
	cp $(DEMO_OUTPUT)/08-review.png docs/images/review.png
	$(BIN)/python docs/screenshots.py --out screens --tutorials docs/images

# The catalogs of resources/translations, from the code; says what is not translated yet (docs/translations.md).
translations: $(VENV)/.installed-dev
	$(BIN)/python docs/translations.py

# docs/architecture.md and its picture, from the import contracts and the code.
architecture: $(VENV)/.installed-dev
	$(BIN)/python docs/architecture.py

# docs/reference: commands, options and Python names, from the code; the list of decisions.
reference: $(VENV)/.installed-dev
	$(BIN)/python docs/reference.py

# site/: the documents as a site, with search. Nothing in it comes from elsewhere; the search needs a server.
docs: $(VENV)/.installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo 'Read it: $(BIN)/python -m http.server --bind 127.0.0.1 --directory site 8018, then http://127.0.0.1:8018'

# wheelhouse/: a folder from which the program is installed where there is no network, see README.
wheelhouse: $(VENV)/.installed
	rm -rf wheelhouse
	$(BIN)/python -m pip wheel --quiet -c constraints.txt --wheel-dir wheelhouse .
	@du -sh wheelhouse
	@echo 'Install it elsewhere with: python -m pip install --no-index --find-links wheelhouse fewshot'

# dist/fewshot/: the program with Python and all libraries in it, see docs/installers.md.
folder: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[folder]"
	$(BIN)/python -m PyInstaller --noconfirm --log-level WARN .ci/folder/fewshot.spec
	@du -sh dist/fewshot

clean:
	rm -rf $(VENV) build dist screens site wheelhouse *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
