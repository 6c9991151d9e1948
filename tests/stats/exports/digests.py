"""The digests of the sample's forms, which are kept in tests/data, so that every Python makes the same bytes.

python -m tests.stats.exports.digests            prints them
python -m tests.stats.exports.digests --write    keeps them, after a change of words or form that is meant

The PDFs' are kept apart (:mod:`tests.stats.exports.pdf_digests`).
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import django

KEPT = Path(__file__).resolve().parent.parent.parent / "data" / "form_digests.json"


def digests():
    """File name -> SHA-256 of every form, language and kind of publication."""
    from stats.exports.forms import file_name, form_bytes  # noqa: PLC0415 - models need Django to be set up
    from stats.publication import Form  # noqa: PLC0415 - the same
    from tests.stats.exports.sample import other_year_publication, sample_publication  # noqa: PLC0415 - the same

    publications = (sample_publication(), sample_publication(is_internal=True), other_year_publication())
    return {
        file_name(publication, form, language): hashlib.sha256(form_bytes(publication, form, language)).hexdigest()
        for publication in publications
        for form in (Form.CSV, Form.JSON, Form.SDMX, Form.XLSX)
        for language in ("nl", "en")
    }


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings_for_types")
    django.setup()
    text = json.dumps(digests(), indent=2) + "\n"
    if "--write" in sys.argv:
        KEPT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
