"""What the documents promise of themselves."""

import re
import tomllib
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def dependencies() -> list[str]:
    """The names of all direct dependencies."""
    with (BASE_DIR / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return sorted({re.split(r"[\[<>=~ ]", line)[0] for line in named})


@pytest.mark.parametrize("name", dependencies())
def test_dependency_has_its_reason_in_the_decisions(name):
    decisions = [path.read_text(encoding="utf-8").lower() for path in (BASE_DIR / "docs" / "adr").glob("*.md")]
    assert any(re.search(rf"(?<![a-z0-9-]){re.escape(name)}(?![a-z0-9-])", text) for text in decisions)


PAGES = sorted([*BASE_DIR.glob("*.md"), *BASE_DIR.glob("docs/**/*.md")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not missing
