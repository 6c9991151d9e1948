#!/bin/sh
# Makes or renews the virtual environment $VENV (default .venv) with the requirements file given as argument.
# Finds a Python by itself: $PYTHON when set, else the venv's own, else the first that runs and is 3.11 or later.
# A name on the PATH proves nothing: a pyenv shim stands there for versions that are not selected, and Debian's
# Python has no ensurepip until python3-venv is installed. So each one is tried.
set -eu
cd "$(dirname "$0")/.."
VENV="${VENV:-.venv}"
MEND="Install Python 3.11 or later with venv (Debian: apt install python3 python3-venv), or name one: make ... PYTHON=/path/to/python3.13"

runs() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 </dev/null
}

if [ -n "${PYTHON:-}" ]; then
    if ! runs "$PYTHON"; then
        echo "error: PYTHON=$PYTHON does not run, is older than 3.11, or has no venv. $MEND" >&2
        exit 1
    fi
    exec "$PYTHON" scripts/venv.py --same-version "$VENV" "$1"
fi
if runs "$VENV/bin/python"; then
    exec "$VENV/bin/python" scripts/venv.py "$VENV" "$1"
fi
for python in python3 python3.13 python3.12 python3.11 python3.14 python; do
    if runs "$python"; then
        exec "$python" scripts/venv.py "$VENV" "$1"
    fi
done
echo "error: no Python 3.11 or later found. $MEND" >&2
exit 1
