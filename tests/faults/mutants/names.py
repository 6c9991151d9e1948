"""Which mutants there are, and what each puts in the product's place."""

from collections.abc import Iterable

VARIABLE = "HOTLINE_FAULTS_MUTANT"
EARLY = "answer-before-commit"
NO_KEY = "no-key"
OUTSIDE = "mark-outside"
MARKS_FIRST = "marks-first"
# For each mutant the fault under which it has to be seen.
MUTANTS = {EARLY: "web", NO_KEY: "web", OUTSIDE: "web", MARKS_FIRST: "worker"}

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
    mine = {"web": ("hotline.wsgi", "tests.faults.mutants.web"), "worker": ("hotline", "tests.faults.mutants.worker")}
    theirs, ours = mine.get(name, ("", ""))
    return [ours if mutant and part == theirs else part for part in command]
