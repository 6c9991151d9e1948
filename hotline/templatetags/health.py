"""The sign in the header that something is wrong."""

from typing import Any

from django import template
from django.utils import timezone

from hotline.health.alarms import Look, alarms
from hotline.health.facts import free_on_disk, stored

register = template.Library()


@register.inclusion_tag("_components/alarm_badge.html")
def alarm_badge() -> dict[str, Any]:
    """How many things want attention, for administrators. The broker is not asked: it could keep the page waiting."""
    now = timezone.now()
    look = Look(now=now, stored=stored(now=now), queued=0, disk_free=free_on_disk(), log_settings=None)
    return {"number": len(alarms(look))}
