"""What axe-core has against a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

# WCAG 2.2 AA, and axe's own best practices: headings in order, landmarks, no text outside of them.
OPTIONS = {"resultTypes": ["violations"]}


def violations(page: Any) -> list[str]:
    """One line for each violation on the page as it stands: rule, what is meant, and where; [] when there is none."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{violation['id']}: {violation['help']} | {node['html'][:160]} | {node.get('failureSummary', '')[:200]}"
        for violation in found
        for node in violation["nodes"]
    ]
