r"""The guard: what may be typed anywhere, and what each column of the database may hold. A leaf.

What is typed stands here. What is kept: :mod:`~hotline.metadata_only.kinds` says what kinds of columns there are,
:mod:`~hotline.metadata_only.tables` lists every column of every table with its kind and every named exception with
its reason, :mod:`~hotline.metadata_only.models` holds the models to the list (a system check), and
:mod:`~hotline.metadata_only.database` the database itself (``manage.py check_schema``).

Analysts, API clients and imports type dates, whole numbers and codes. Administrators also type
labels, names of organisations and user names, each against a strict pattern that no address,
path or hash fits. A refusal names the field and the rule, never the value.

Patterns end in ``\Z`` and say ``[0-9]``: Python's ``$`` accepts a trailing newline, its ``\d`` digits of any script.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A code: lower_snake_case, as in 'partner_hotline'. Age bands ('10-11') and countries ('NL') have their own.
# No run of five digits and no word of nine that mixes letters and digits, so that no hash or part of one fits.
CODE = re.compile(r"(?!.*[0-9]{5})(?!.*(?=[a-z0-9]*[0-9])(?=[a-z0-9]*[a-z])[a-z0-9]{9})[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
COUNTRY = re.compile(r"[A-Z]{2}\Z")
# A label or an organisation's name: words of letters, with few signs between them and no digit runs, dots,
# slashes, at-signs or colons, so that no address, host name, path, hash or telephone number fits.
LABEL = re.compile(
    r"(?=.{2,60}\Z)[A-Za-zÀ-ÖØ-öø-ÿ0-9(≤][A-Za-zÀ-ÖØ-öø-ÿ0-9 ,'()&+≤-]*\Z",
)
LONG_NUMBER = re.compile(r"[0-9]{5}")
LONG_WORD = re.compile(r"[^\s]{31}")
# A hash or token: a word that mixes letters and digits and is longer than a code has to be.
MIXED_WORD = re.compile(r"(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9}")
# At most four digits: half a hash has more.
USERNAME = re.compile(r"(?!(?:.*[0-9]){5})[a-z][a-z0-9]{1,29}\Z")
WHOLE_NUMBER = re.compile(r"[0-9]{1,7}\Z")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

# The largest count of one report: keeps telephone numbers and the like out of the number fields, too.
MAX_COUNT = 1_000_000


def is_label(text: str) -> bool:
    """Whether a text may stand as a label or an organisation's name."""
    return bool(
        LABEL.match(text)
        and not LONG_NUMBER.search(text)
        and not LONG_WORD.search(text)
        and not MIXED_WORD.search(text)
    )


def validate_label(text: str) -> None:
    """Refuse a text that is not a plain label; the message never repeats it.

    Raises ``ValidationError`` with code ``label``.
    """
    if not is_label(text):
        raise ValidationError(
            _("Use 2 to 60 letters, with spaces, commas, hyphens or brackets; no addresses, long numbers or codes."),
            code="label",
        )


def validate_code(text: str) -> None:
    """Refuse what is not lower_snake_case. Django's RegexValidator would search: the end of an address passes it.

    Raises ``ValidationError`` with code ``code``.
    """
    if not CODE.match(text):
        raise ValidationError(
            _("Use lower case letters and digits with single underscores; no long numbers."), code="code"
        )


def validate_username(text: str) -> None:
    """Refuse what is no user name.

    Raises ``ValidationError`` with code ``username``.
    """
    if not USERNAME.match(text):
        raise ValidationError(
            _("Use 2 to 30 lower case letters and at most 4 digits, beginning with a letter."), code="username"
        )
