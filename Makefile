# The same commands as in the README and in CONTRIBUTING.md, one line each. Without make: python -m tools.book, tools.test
PYTHON ?= python3
RUN = OMP_NUM_THREADS=1 $(CURDIR)/.venv/bin
READY = .venv/.ready
PEERS ?= $(RUN)/python
NOTEBOOKS ?= $(wildcard book/*.ipynb)

.PHONY: book pdf test unit notebooks-test browser-test release-test lines check chapter run mutants-formulas live bench \
	tables ways lock fuzz clean

book:  ## execute the notebooks and build the HTML book
	$(PYTHON) -m tools.book

pdf:  ## print the whole book to _build/book.pdf, with the Chromium that is there
	$(PYTHON) -m tools.book --pdf

test:  ## everything: lint, unit tests, notebooks, book, browser
	$(PYTHON) -m tools.test

unit notebooks-test browser-test:  ## parts of the test; the last one opens the built pages, with the network cut off
	$(PYTHON) -m tools.test $@

release-test:  ## what is slow and rarely breaks: the wheel, a new chapter, all notebooks in JupyterLab
	$(PYTHON) -m tools.test book $@

lines:  ## how long each room is, beside what it may be
	$(PYTHON) -m tools.lines

check: $(READY)  ## all checks of one chapter, after an edit: make check N=07
	$(RUN)/python -m tools.check $(N)

chapter: $(READY)  ## start a chapter from a template: make chapter TITLE="Dual numbers" (AFTER=11 puts it in between)
	$(RUN)/python -m tools.chapter "$(TITLE)" $(AFTER)

run: $(READY)  ## run notebooks in place after an edit: make run NOTEBOOKS=book/07-*.ipynb
	$(RUN)/python -m tools.outputs $(NOTEBOOKS)

mutants-formulas: $(READY)  ## break the printed formulas and see what the checks notice: make mutants-formulas NOTEBOOKS=book/11-*.ipynb
	$(RUN)/python -m tools.mutants $(NOTEBOOKS)

live: $(READY)  ## rebuild and reload the page at each save
	mkdir -p _build
	$(RUN)/jupyter-book config sphinx . > _build/config.log
	$(RUN)/sphinx-autobuild . _build/live -q -D nb_execution_mode=cache --ignore "$(CURDIR)/_build/*" \
	  --ignore "$(CURDIR)/conf.py" --re-ignore "__pycache__|ipynb_checkpoints|/\\.[a-z]"

bench: $(READY)  ## ratios against the peers that are installed (benchmarks/requirements.txt)
	$(RUN)/python benchmarks/derivatives.py
	$(RUN)/python benchmarks/compression.py
	$(RUN)/python benchmarks/programs.py

tables:  ## measure the first tables of benchmarks/README.md again: PEERS=a Python with the peers, BESIDE=a checkout
	PYTHONPATH=. $(PEERS) benchmarks/derivatives.py --write
	PYTHONPATH=. $(PEERS) benchmarks/compression.py --write
	PYTHONPATH=. $(PEERS) benchmarks/programs.py --write
	$(if $(BESIDE),PYTHONPATH=. $(PEERS) benchmarks/beside.py $(BESIDE) --write)

ways: book  ## go the five ways to the book from the start: folder, JupyterLab, Binder, Colab, wheel
	$(RUN)/python benchmarks/ways.py

$(READY): requirements.txt requirements-dev.txt constraints.txt pyproject.toml package-lock.json
	$(PYTHON) -m tools.environment

lock:  ## pin the indirect dependencies anew: a fresh environment, then its versions in constraints.txt
	$(PYTHON) -m venv _build/lock
	_build/lock/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	echo "# Versions of all packages, direct and indirect, that the tests passed with. Renew: make lock" > constraints.txt
	_build/lock/bin/pip freeze --exclude-editable --exclude mcnotes >> constraints.txt
	rm -rf _build/lock

fuzz: $(READY)  ## random programs and shapes, thousands of them, new ones at each run
	$(RUN)/python -m pytest -q -n 2 --hypothesis-profile=search -k "right or second or wild" \
	  tests/test_programs.py tests/test_program.py tests/test_wild_programs.py

clean:  ## remove what was built, keep the virtual environment
	rm -rf _build conf.py
