"""What Prometheus reads: how things stand, asked at each scrape, and how many requests were answered how quickly.

No label holds anything that somebody typed: routes by name, methods from a list, statuses.
Why in files: docs/adr/prometheus-client.md.
"""

import os
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from whitenoise.middleware import WhiteNoiseFileResponse

from hotline.health.alarms import Alarm, Finding, Look, State, findings
from hotline.health.facts import Stored
from hotline.health.looking import look

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

OWN = CollectorRegistry()
REQUESTS = Counter("hotline_http_requests", "Requests answered.", ["route", "method", "status"], registry=OWN)
SECONDS = Histogram(
    "hotline_http_request_seconds", "How long answering took.", ["route"], buckets=BUCKETS, registry=OWN
)


def count_request(request: HttpRequest, response: HttpResponseBase, *, seconds: float) -> None:
    """Count an answer, by the name of its route."""
    route = _route(request, response)
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(route, method, str(response.status_code)).inc()
    SECONDS.labels(route).observe(seconds)


def _route(request: HttpRequest, response: HttpResponseBase) -> str:
    if isinstance(response, WhiteNoiseFileResponse):
        return "static"
    match = request.resolver_match
    return match.view_name if match and match.view_name else "none"


def exposition() -> bytes:
    """All there is to read, in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(Standing(look(now=timezone.now())))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(OWN)


class Standing(Collector):
    """How things stand, as gauges. What is not known has no sample."""

    def __init__(self, seen: Look) -> None:
        self._seen = seen

    def collect(self) -> Iterable[Metric]:
        """One family a question."""
        yield _alarms(findings(self._seen))
        yield _gauge("hotline_database_up", "1 when the database answers.", int(self._seen.stored is not None))
        yield _gauge("hotline_broker_up", "1 when the broker answers.", int(self._seen.queued is not None))
        if self._seen.queued is not None:
            yield _gauge("hotline_broker_messages", "Messages that wait at the broker.", self._seen.queued)
        yield _gauge("hotline_disk_free_ratio", "Share of the fullest disk that is free.", self._seen.disk_free)
        if self._seen.stored:
            yield from _stored(self._seen.stored, self._seen.now)


def _gauge(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, value=value)


def _alarms(found: Iterable[Finding]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("hotline_alarm", "1 while something is wrong or late.", labels=["alarm"])
    for finding in found:
        if finding.state is not State.UNKNOWN:
            family.add_metric([Alarm(finding.alarm).value], int(finding.is_alarm))
    return family


def _stored(stored: Stored, now: datetime) -> Iterable[Metric]:
    waiting = {"marks": stored.marks, "unsealed_events": stored.unsealed}
    number = GaugeMetricFamily("hotline_waiting", "How much waits to be counted or sealed.", labels=["what"])
    oldest = GaugeMetricFamily("hotline_waiting_oldest_seconds", "How long the oldest waits.", labels=["what"])
    for what, one in waiting.items():
        number.add_metric([what], one.number)
        oldest.add_metric([what], max((now - one.oldest).total_seconds(), 0) if one.oldest else 0)
    yield from (number, oldest)
    yield _gauge("hotline_jobs_unfinished", "Exports and releases that wait or are made.", stored.unfinished_jobs)
    yield _gauge("hotline_jobs_failed", "Exports and releases that failed in the last week.", stored.failed_jobs.number)
    block = stored.head.number if stored.head else 0
    yield _gauge("hotline_audit_block", "Number of the newest block of the audit log.", block)
    moments = {"tick": stored.ticked_at, "backup": stored.backed_up_at}
    last = GaugeMetricFamily("hotline_last_timestamp_seconds", "When it last happened.", labels=["what"])
    faults = GaugeMetricFamily("hotline_check_faults", "What the last nightly check found wrong.", labels=["check"])
    for check, run in stored.checks.items():
        moments[f"check_{check.value}"] = run.at
        faults.add_metric([check.value], run.faults)
    for what, at in moments.items():
        if at:
            last.add_metric([what], at.timestamp())
    yield from (last, faults)
