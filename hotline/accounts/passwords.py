"""Which passwords are refused: what people who guess would try first. Length counts, composition does not.

Besides Django's own (12 characters or more, none of the 20,000 commonest, not like one's own names): words of this
service, and patterns. A list of patterns as long as zxcvbn's is not needed: it finds weak passwords of 8 or 10
characters, and what it finds of 12 and more is in these three rules (docs/adr/sign-in.md).
"""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_OF_ITS_OWN = 6
LEAST_DIFFERENT = 5
LONGEST_REPEATED = 8
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)
# What everybody who works here would think of.
OUR_WORDS = (
    "hotline", "meldpunt", "kinderporno", "melding", "report", "analyst", "analist", "inhope", "csam", "password",
    "wachtwoord", "passphrase", "welcome", "welkom", "administrator", "beheerder", "secret", "geheim", "login",
    "amsterdam", "nederland", "netherlands", "letmein", "qwerty",
)  # fmt: skip
NOT_A_WORD = re.compile(r"[\W_0-9]+")


class OwnWordsValidator:
    """Refuses a password that is hardly more than words of this service and names of the person."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ``ValidationError`` when fewer than six letters are left without them."""
        rest = password.casefold()
        for word in sorted([*OUR_WORDS, *_names(user)], key=len, reverse=True):
            rest = rest.replace(word, " ")
        if len(NOT_A_WORD.sub("", rest)) < LEAST_OF_ITS_OWN:
            raise ValidationError(
                _("This is made of words that others would try first: of this service, or your own names."),
                code="password_own_words",
            )

    def get_help_text(self) -> str:
        """The rule."""
        return _("Not made of words of this service or your own names.")


class PatternValidator:
    """Refuses the same few characters over and over, and runs along the alphabet or the keyboard."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's interface
        """Raises ``ValidationError``."""
        folded = password.casefold()
        if len(set(folded)) < LEAST_DIFFERENT or _is_repeated(folded) or _is_run(folded):
            raise ValidationError(
                _("This follows a pattern: characters that repeat, or that stand beside each other."),
                code="password_pattern",
            )

    def get_help_text(self) -> str:
        """The rule."""
        return _("No pattern of characters that repeat or stand beside each other.")


def _names(user: Any) -> list[str]:
    """The person's user name and each longer word of the name."""
    said = f"{getattr(user, 'username', '')} {getattr(user, 'name', '')}".casefold()
    return [word for word in re.split(r"[^\w]+", said) if len(word) > 2]  # noqa: PLR2004 - shorter ones are in any word


def _is_repeated(text: str) -> bool:
    """Whether it is one short or common part, again and again."""
    commonest = CommonPasswordValidator().passwords
    for length in range(1, len(text) // 2 + 1):
        part = text[:length]
        if (part * (len(text) // length + 1))[: len(text)] == text and (
            length <= LONGEST_REPEATED or part in commonest
        ):
            return True
    return False


def _is_run(text: str) -> bool:
    """Whether three of four neighbours in it are neighbours in the alphabet, in counting or on a keyboard."""
    pairs = [text[place : place + 2] for place in range(len(text) - 1)]
    beside = sum(any(pair in run or pair[::-1] in run for run in RUNS) for pair in pairs)
    return beside * 4 >= len(pairs) * 3
