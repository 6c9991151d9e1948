"""What is looked at before a process of the product begins: that nothing but metadata can be kept or logged."""

import logging
import sys

from django.db import OperationalError, connection

from hotline.logs import Own
from hotline.metadata_only.model_check import check_models
from hotline.server_log import ServerLogError

logger = logging.getLogger(__name__)

# gunicorn ends, instead of starting a worker again and again, when one ends with this.
REFUSED = 3


def look() -> None:
    """End the process when the models or the database server's log settings could let more in than metadata.

    A server that is away is no reason not to start: it is looked at when it answers (hotline.server_log).
    """
    if faults := check_models():
        logger.critical("the models have %d columns that are not as the list has them: manage.py check", len(faults))
        sys.exit(REFUSED)
    try:
        connection.ensure_connection()
    except ServerLogError as error:
        for setting in error.wrong:
            logger.critical("the database server's log would repeat what was typed: %s", Own(setting.mend))
        sys.exit(REFUSED)
    except OperationalError:
        logger.warning("the database does not answer yet")
    finally:
        connection.close()
