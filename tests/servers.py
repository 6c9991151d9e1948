"""A pytest plugin, loaded before pytest-django reads settings: servers for this run only.

A throwaway PostgreSQL and Redis-protocol server in a temporary folder. With DATABASE_URL or REDIS_URL in the
environment those are used. Workers of xdist inherit the environment of the run that started them. However the run
ends, the servers' keepers see that it did, and remove everything.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hotline.embedded import EmbeddedError, provide_environment

os.environ["DJANGO_SETTINGS_MODULE"] = "hotline.settings"
os.environ.setdefault("HOTLINE_MODE", "local")
# Playwright's synchronous API keeps an event loop running in the thread of a run that has driven a browser. Django
# takes every later test there for asynchronous code and refuses it the database. There is no asynchronous code here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

if not all(os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "REPORT_KEY_SECRET")):
    try:
        provide_environment(Path(tempfile.mkdtemp(prefix="hotline-tests-")), throwaway=True)
    except EmbeddedError as error:
        sys.exit(f"error: {error}")
