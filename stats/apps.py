"""The stats app."""

from django.apps import AppConfig


class StatsConfig(AppConfig):
    """The read side: counts, figures, tables. Reads cases, never writes them."""

    name = "stats"

    def ready(self) -> None:
        """Listen for written records, to recount sooner than the next tick; answer which months are closed."""
        from stats import hints  # noqa: F401, PLC0415 - importing them connects them
        from stats.releases import closing  # noqa: F401, PLC0415 - importing them connects them
