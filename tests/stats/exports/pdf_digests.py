"""The digests of the sample's PDFs, which are kept in tests/data, so that every Python makes the same bytes.

python -m tests.stats.exports.pdf_digests            prints them
python -m tests.stats.exports.pdf_digests --write    keeps them, after a change of words or looks that is meant
"""

import json
import os
import sys

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings_for_types")
    django.setup()
    from tests.stats.exports.pdf_samples import KEPT, digests  # noqa: PLC0415 - models need Django to be set up

    text = json.dumps(digests(), indent=2) + "\n"
    if "--write" in sys.argv:
        KEPT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
