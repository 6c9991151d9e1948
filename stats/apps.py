"""The stats app."""

from django.apps import AppConfig


class StatsConfig(AppConfig):
    """The read side: counts, figures, tables. Reads cases, never writes them."""

    name = "stats"

    def ready(self) -> None:
        """Listen for written records, to recount sooner than the next tick."""
        from stats import hints  # noqa: F401, PLC0415 - importing it connects it
