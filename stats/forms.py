"""What to look at: chosen from lists, in the address. A choice that is none falls back and is never said back."""

from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from hotline.forms import MetadataForm
from stats.figures import DECLARED
from stats.pages.counts import breakdowns_of
from stats.periods import MONTHS_IN_YEAR
from stats.published_figures import PUBLISHED

Choices = list[tuple[str, Any]]

FIRST_FIGURE = "reports"
FIGURES: Choices = [(key, found.label) for key, found in DECLARED.items()]
PUBLISHED_FIGURES: Choices = [(key, found.label) for key, found in PUBLISHED.items()]
STARTS: Choices = [(str(number), name) for number, name in MONTHS.items()]


@dataclass(frozen=True, slots=True)
class Choice:
    """A declared figure and a breakdown of it, or ''."""

    figure: str
    breakdown: str

    @classmethod
    def of(cls, query: QueryDict) -> "Choice":
        """What the address asks for, as far as it is declared."""
        figure = query.get("figure", "")
        figure = figure if figure in DECLARED else FIRST_FIGURE
        breakdown = query.get("breakdown", "")
        return cls(figure, breakdown if breakdown in {found.key for found in breakdowns_of(figure)} else "")

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return f"figure={self.figure}&breakdown={self.breakdown}"


class MonthsForm(MetadataForm):
    """Which figure, and by what."""

    figure = forms.ChoiceField(label=_("Figure"), choices=FIGURES)
    breakdown = forms.ChoiceField(label=_("By"), required=False)


def months_form(choice: Choice) -> MonthsForm:
    """The form that shows a choice, with the breakdowns that its figure has."""
    form = MonthsForm(initial=asdict(choice))
    breakdowns = [(found.key, found.label) for found in breakdowns_of(choice.figure)]
    offer(form, "breakdown", [("", _("as a whole")), *breakdowns])
    return form


class TrendForm(MetadataForm):
    """Which figure over the years, and in which month years start."""

    figure = forms.ChoiceField(label=_("Figure"), choices=PUBLISHED_FIGURES)
    start = forms.ChoiceField(label=_("Year starts in"), choices=STARTS)


def trend_figure_of(query: QueryDict) -> str:
    """The figure that the address asks for over the years, or the first."""
    figure = query.get("figure", "")
    return figure if figure in PUBLISHED else FIRST_FIGURE


class StartMonthForm(MetadataForm):
    """In which month the year starts."""

    start = forms.ChoiceField(label=_("Year starts in"), choices=STARTS)


class YearForm(StartMonthForm):
    """And in which scheme ages are told."""

    scheme = forms.ChoiceField(label=_("Ages in"), required=False)


def year_form(start_month: int, scheme: str, schemes: Choices) -> YearForm:
    """The form that shows both choices."""
    form = YearForm(initial={"start": start_month, "scheme": scheme})
    offer(form, "scheme", [("", _("bands as recorded")), *schemes])
    return form


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Give a field of a form its choices."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def start_month_of(query: QueryDict) -> int:
    """The month that the address says a year starts in; January when it says none."""
    text = query.get("start", "")
    asked = int(text) if text.isascii() and text.isdigit() else 1
    return asked if 1 <= asked <= MONTHS_IN_YEAR else 1
