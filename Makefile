# The project's commands. 'make help' lists them.
#   PYTHON=  the Python to make the venv with     VENV=  where it is     PORT=  the demo's port

VENV ?= .venv
PORT ?= 8000
DEMO_FLAGS ?=
TEST_FLAGS ?=
export VENV PYTHON

# Each step replaces its shell (exec), so that a signal for make reaches the step itself.
# Nothing here reads standard input, and it may be closed.

.PHONY: help demo setup test lint reset bench-import faults outage kills interleavings machine backup-drill canaries

help:
	@echo "make demo          run Hotline on this machine with made-up data (PORT=8000)"
	@echo "make test          every check and every test (TEST_FLAGS= goes to pytest)"
	@echo "make lint          the checks only: style, types, layers, templates, migrations, settings, Docker files"
	@echo "make backup-drill  make a backup, go on writing, put it back elsewhere, compare; damaged ones are refused"
	@echo "make bench-import  the import beside psql COPY of the same rows"
	@echo "make faults        kill, stop, pause and fill the running product under load (SEEDS=3 CREATES=10000 FAULTS=web,...)"
	@echo "make outage        log reports while Redis is away (OUTAGE=180 seconds), and count them afterwards"
	@echo "make kills         kill a worker inside a recount, at every statement and at 200 random moments (KILLS=200)"
	@echo "make interleavings writers against workers, in every order their statements can come in"
	@echo "make machine       random workflows against an independent count (RUNS=2000 STEPS=50)"
	@echo "make canaries      send what must not be kept into every opening of the running product, and look for it (SHARE=1)"
	@echo "make setup         make the virtual environment with the development tools"
	@echo "make reset         throw away the demo's data and servers' folder"
	@echo "then: .venv/bin/python manage.py COMMAND   on the demo's own database"

demo:
	@exec scripts/venv.sh requirements.txt </dev/null
	@exec "$(VENV)/bin/python" -m hotline.demo --port "$(PORT)" $(DEMO_FLAGS) </dev/null

setup:
	@exec scripts/venv.sh requirements-dev.txt </dev/null

lint: setup
	@exec "$(VENV)/bin/python" scripts/checks.py lint </dev/null

test: setup
	@exec "$(VENV)/bin/python" scripts/checks.py test $(TEST_FLAGS) </dev/null

reset: setup
	@exec "$(VENV)/bin/python" -m hotline.demo --reset </dev/null

backup-drill: setup
	@exec "$(VENV)/bin/python" -m pytest -q tests/backup </dev/null

bench-import: setup
	@exec "$(VENV)/bin/python" benchmarks/import_vs_copy.py </dev/null

# FAULTS= picks some: web, worker, beat, redis, restart, backends, disk, pause. FAULTS_FLAGS: --mutants, --keep.
SEEDS ?= 3
CREATES ?= 10000
FAULTS ?= web,worker,beat,redis,restart,backends,disk,pause
OUTAGE ?= 180
FAULTS_FLAGS ?=

faults: setup
	@exec "$(VENV)/bin/python" -m tests.faults --seeds "$(SEEDS)" --creates "$(CREATES)" --faults "$(FAULTS)" \
		$(FAULTS_FLAGS) </dev/null

outage: setup
	@exec "$(VENV)/bin/python" -m tests.faults.outage --seconds "$(OUTAGE)" </dev/null

# The long forms of three tests: 'make test' has them in short.
KILLS ?= 200
RUNS ?= 2000
STEPS ?= 50
RACES = "$(VENV)/bin/python" -m pytest -q -s --timeout=7200 -p no:cacheprovider tests/races/

kills: setup
	@exec env KILLS="$(KILLS)" $(RACES)test_kills.py </dev/null

interleavings: setup
	@exec env INTERLEAVINGS=all $(RACES)test_interleavings.py </dev/null

machine: setup
	@exec env RUNS="$(RUNS)" STEPS="$(STEPS)" $(RACES)test_machine.py </dev/null

SHARE ?= 1
canaries: setup
	@exec "$(VENV)/bin/python" -m tests.canaries --share "$(SHARE)" </dev/null
