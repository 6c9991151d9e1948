"""Settings for the type checker, which loads them and connects to nothing."""

import os

os.environ.setdefault("SECRET_KEY", "types")
os.environ.setdefault("REPORT_KEY_SECRET", "types")
os.environ.setdefault("DATABASE_URL", "postgresql://types@localhost/types")
os.environ.setdefault("REDIS_URL", "redis://localhost/0")

from hotline.settings import *  # noqa: F403 - the environment comes first
