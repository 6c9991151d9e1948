"""Forms for the ledger of counting rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.forms import DayField, MetadataForm
from stats.figures import FIGURES, VERSIONS
from stats.periods import Month
from stats.rules import version_key


def rule_choices() -> list[tuple[str, str]]:
    """Every version of every figure that has several: its key in the rollup, and its name."""
    return [
        (
            version_key(figure, version),
            gettext("%(figure)s, counting rule %(number)s") % {"figure": FIGURES[figure].label, "number": version},
        )
        for figure, version in VERSIONS
    ]


class RuleMonthsForm(MetadataForm):
    """From which month to which: any day of a month stands for it."""

    from_month = DayField(label=_("From"), help_text=_("Any day of the first month it is in force."))
    to_month = DayField(
        label=_("To"),
        required=False,
        help_text=_("Any day of the last month it is in force. Empty means until further notice."),
    )

    def clean(self) -> dict[str, Any]:
        """Days become months."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("from_month", "to_month"):
            if cleaned.get(name):
                cleaned[name] = Month.containing(cleaned[name])
        return cleaned


class NewRuleForm(RuleMonthsForm):
    """A new entry."""

    rule = forms.ChoiceField(label=_("Counting rule"), choices=rule_choices)
    field_order = ("rule", "from_month", "to_month")

    def clean_rule(self) -> tuple[str, int]:
        """The figure's key and the version."""
        key = self.cleaned_data["rule"]
        return VERSIONS[[version_key(*rule) for rule in VERSIONS].index(key)]
