"""What is logged of a request that went wrong: which route and which status, never what was asked for."""

import logging

SERVER_ERROR = 500


class WithoutWhatWasAsked(logging.Filter):
    """Django's own messages repeat the path, and some the host: anything may stand there, also an address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put route and status in place of the message; only a fault of ours keeps its traceback."""
        request = getattr(record, "request", None)
        if request is None:
            return True
        status = getattr(record, "status_code", SERVER_ERROR)
        match = getattr(request, "resolver_match", None)
        record.msg, record.args = "%s at route %s", (status, match.route if match else "unknown")
        if status < SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return True
