"""What a list of reports is narrowed to: one reading of the filters for the page, the API and what goes out."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.codes import State
from cases.forms import CodeChoice
from cases.models import Outcome, Source
from hotline.forms import DayField, MetadataForm

ANY = gettext_lazy("any")


class FilterForm(MetadataForm):
    """What the list is narrowed to."""

    source = CodeChoice(label=gettext_lazy("Source"), queryset=Source.objects.all(), required=False, empty_label=ANY)
    outcome = CodeChoice(label=gettext_lazy("Outcome"), queryset=Outcome.objects.all(), required=False, empty_label=ANY)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=[("", ANY), *State.choices], required=False)
    received_from = DayField(label=gettext_lazy("Received from"), required=False)
    received_until = DayField(label=gettext_lazy("Received until"), required=False)
