"""Which mutants there are, and what each puts in the product's place."""

from collections.abc import Iterable

VARIABLE = "HOTLINE_FAULTS_MUTANT"
EARLY = "answer-before-commit"
NO_KEY = "no-key"
OUTSIDE = "mark-outside"
MARKS_FIRST = "marks-first"
# For each mutant the fault under which it has to be seen, and as what.
MUTANTS = {
    EARLY: ("web", "lost"),
    NO_KEY: ("web", "doubled"),
    OUTSIDE: ("web", "wrong"),
    MARKS_FIRST: ("worker", "wrong"),
}

# Only the mark made with the report's own row: enough for a count to go wrong.
STATEMENTS = {
    OUTSIDE: (
        "ALTER TABLE cases_report DISABLE TRIGGER mark_inserted",
        "ALTER TABLE cases_report DISABLE TRIGGER mark_updated",
        "ALTER TABLE cases_finding DISABLE TRIGGER mark_inserted",
    ),
}


def replaced(name: str, command: Iterable[str], mutant: str) -> Iterable[str]:
    """The command of a service, with the mutant in place of the application."""
    parts = list(command)
    if mutant and name == "web":
        parts[parts.index("hotline.wsgi")] = "tests.faults.mutants.web"
    if mutant and name == "worker":
        # The first: the queue has the same name.
        parts[parts.index("hotline")] = "tests.faults.mutants.worker"
    return parts
