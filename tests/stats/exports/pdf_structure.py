"""What a PDF says of its own structure, and what is wrong with it by PDF/UA-1 and PDF/A-2a as far as pypdf can tell.

No validator is at hand: veraPDF comes from no registry that is reached here. typst itself refuses to write a document
that breaks either standard in a way that it knows of.
"""

import io
import re

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

HEADING = re.compile(r"/H([1-6])\Z")


def tags(reader):
    """Every structure element, in reading order: its tag and its dictionary."""
    root = reader.root_object.get("/StructTreeRoot")
    return list(_below(root)) if root else []


def _below(element):
    kids = element.get("/K")
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        found = kid.get_object() if kid is not None else None
        if isinstance(found, DictionaryObject) and "/S" in found:
            yield found["/S"], found
            yield from _below(found)


def problems(content):
    """What is wrong, in words; nothing when all is well."""
    reader = PdfReader(io.BytesIO(content))
    root = reader.root_object
    xmp = root["/Metadata"].get_data().decode() if "/Metadata" in root else ""
    found = tags(reader)
    return [
        *(["not marked as tagged"] if not root.get("/MarkInfo", {}).get("/Marked") else []),
        *(["no language"] if "/Lang" not in root else []),
        *(["no structure"] if not found else []),
        *(["no title shown"] if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") else []),
        *(["not PDF/UA-1"] if "<pdfuaid:part>1</pdfuaid:part>" not in xmp else []),
        *(["not PDF/A-2"] if "<pdfaid:part>2</pdfaid:part>" not in xmp else []),
        *(["not level A"] if "<pdfaid:conformance>A</pdfaid:conformance>" not in xmp else []),
        *(["a figure without words"] if any(tag == "/Figure" and not item.get("/Alt") for tag, item in found) else []),
        *(["a table without heads"] if any(_headless(item) for tag, item in found if tag == "/Table") else []),
        *(["headings out of order"] if _jumps([tag for tag, _item in found]) else []),
        *(["a font that is not embedded"] if not all(_embedded(font) for font in _fonts(reader)) else []),
    ]


def _headless(table):
    return all(tag != "/TH" for tag, _item in _below(table))


def _jumps(found):
    """Whether a heading goes down more than one level."""
    levels = [int(match[1]) for tag in found if (match := HEADING.match(tag))]
    return any(deeper > level + 1 for level, deeper in zip([0, *levels], levels, strict=False))


def _fonts(reader):
    for page in reader.pages:
        for font in page.get("/Resources", {}).get("/Font", {}).values():
            yield from font.get_object().get("/DescendantFonts", [font])


def _embedded(font):
    described = font.get_object().get("/FontDescriptor", {})
    return any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def text_of(content):
    """The text of every page, in order."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
