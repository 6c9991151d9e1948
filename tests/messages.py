"""The messages of the pages: collected from the source, compared with the Dutch catalogue, compiled.

No gettext binary is needed. ``python -m tests.messages --update`` collects every English message into the .po file,
keeping the Dutch that is there, and compiles it; ``--check`` says what is missing and exits 1.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "hotline" / "locale" / "nl" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
SOURCES = ("hotline", "cases", "stats")
TEMPLATES = ("templates",)
METADATA = {
    "Project-Id-Version": "hotline",
    "Language": "nl",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

PLAIN, PLURAL, CONTEXT, CONTEXT_PLURAL = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), CONTEXT_PLURAL),
}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")

# A message is told apart by its context and its English words.
Key = tuple[str | None, str]


@dataclass
class Message:
    """An English message: its plural, if it has one, and the files it stands in."""

    context: str | None
    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)


def collect() -> dict[Key, Message]:
    """Every message of Python source and templates."""
    messages: dict[Key, Message] = {}
    for path, source in _sources():
        for _line, found, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
            text, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, "")
            message = messages.setdefault((context, text), Message(context, text))
            message.plural = message.plural or plural
            message.files.add(path.relative_to(ROOT).as_posix())
    return messages


def _sources() -> Iterator[tuple[Path, str]]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, path.read_text(encoding="utf-8")
    for folder in TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*.html")):
            # What is no message becomes rows of X, indented as the page was, which no Python would be.
            text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield path, "\n".join(line.lstrip() for line in text.splitlines())


def catalogue() -> polib.POFile:
    """The Dutch as it stands, empty when there is none yet."""
    return polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()


def update() -> polib.POFile:
    """Write the catalogue anew: every message there is, with the Dutch it had, and compiled."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue()}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = METADATA
    for key, message in sorted(collect().items(), key=lambda item: (item[1].text, item[1].context or "")):
        fresh.append(_entry(message, known.get(key)))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(CATALOGUE))
    COMPILED.write_bytes(fresh.to_binary())
    return fresh


def _entry(message: Message, known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context)
    entry.occurrences = [(file, "") for file in sorted(message.files)]
    if "%" in message.text and PLACEHOLDER.search(message.text):
        entry.flags = ["python-format"]
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = known.msgstr_plural if known and known.msgstr_plural else {0: "", 1: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    return entry


def problems() -> list[str]:
    """What is wrong with the Dutch: one line for each fault."""
    dutch = catalogue()
    source, known = collect(), {(entry.msgctxt, entry.msgid): entry for entry in dutch}
    found = [f"not in the catalogue: {text!r}" for _context, text in source.keys() - known.keys()]
    found += [f"in the catalogue, and not in the source: {text!r}" for _context, text in known.keys() - source.keys()]
    for entry in dutch:
        found += _faults(entry)
    if not COMPILED.exists() or COMPILED.read_bytes() != dutch.to_binary():
        found.append("the compiled catalogue is not that of the .po file")
    return sorted(found)


def _faults(entry: polib.POEntry) -> list[str]:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    faults = [f"without Dutch: {entry.msgid!r}"] if not all(texts) else []
    if entry.fuzzy or entry.obsolete:
        faults.append(f"not settled: {entry.msgid!r}")
    wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    # The singular may say "one" instead of a number.
    allowed = [set(PLACEHOLDER.findall(entry.msgid)), wanted] if entry.msgid_plural else [wanted]
    faults += [
        f"other placeholders than {entry.msgid!r}"
        for text in texts
        if text and set(PLACEHOLDER.findall(text)) not in allowed
    ]
    return faults


def main() -> int:
    """Update or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--update", action="store_true", help="collect the messages and compile the Dutch")
    what.add_argument("--check", action="store_true", help="say what is missing, and exit 1 when anything is")
    options = parser.parse_args()
    if options.update:
        update()
    found = problems()
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
