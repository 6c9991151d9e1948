"""Template tags of the page's frame."""

import uuid
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.inclusion_tag("_components/nav_item.html", takes_context=True)
def nav_item(context: Context, url_name: str, label: str, *sections: str) -> dict[str, Any]:
    """One entry of the navigation, marked when the page is it, or lies below it.

    ``sections`` are beginnings of the names of the routes below it. An entry whose route does not exist is left out.
    """
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        url = ""
    request = context.get("request")
    here = getattr(getattr(request, "resolver_match", None), "view_name", "") or ""
    current = "page" if here == url_name else ""
    if not current and sections and here.startswith(sections):
        current = "true"
    return {"url": url, "label": label, "current": current}


@register.filter
def first_control_id(field: BoundField) -> str:
    """The id of what the keyboard should reach for this field: the first option of radio buttons."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def form_key() -> SafeString:
    """A hidden control with a fresh key: a form that is sent again with it is written once (``cases.actions.keys``).

    Fresh also where a refused form is drawn again: nothing was written under the key that came with it.
    """
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid.uuid4())
