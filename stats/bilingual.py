"""A text in both languages, that shows itself in the reader's. What is frozen is frozen in both. A leaf."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils import translation
from django.utils.functional import lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Both(NamedTuple):
    """A text in Dutch and in English."""

    nl: str
    en: str


def _picked(nl: str, en: str) -> str:
    return nl if (translation.get_language() or "").startswith("nl") else en


_lazy = lazy(_picked, str)


def bilingual(nl: str, en: str) -> "StrOrPromise":
    """A text that is ``nl`` or ``en`` by the language that is active when it is shown."""
    return nl if nl == en else _lazy(nl, en)


def both(text: "StrOrPromise") -> Both:
    """A translatable text, in each language."""
    with translation.override("nl"):
        nl = str(text)
    with translation.override("en"):
        return Both(nl, str(text))
