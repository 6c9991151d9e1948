"""Loaded by every Python that a test starts: the same guard as in the tests themselves (tests/sockets.py)."""

import importlib.util
import sys
from pathlib import Path

_found = importlib.util.spec_from_file_location(
    "_hotline_sockets", Path(__file__).resolve().parent.parent / "sockets.py"
)
if _found and _found.loader:
    _guard = importlib.util.module_from_spec(_found)
    sys.modules[_found.name] = _guard
    _found.loader.exec_module(_guard)
    sys.addaudithook(_guard.guard)
