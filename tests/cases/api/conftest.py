"""A program that speaks to the API: JSON out and in, a fresh key with every write."""

import json
import uuid

import pytest
from django.test import Client

BODY = {
    "received_date": "2026-03-01",
    "source": "public",
    "url_count": 10,
    "findings": [
        {"outcome": "confirmed_baseline", "url_count": 4, "sex": "girls", "age_band": "10-11", "self_generated": "yes"},
        {"outcome": "not_illegal", "url_count": 6},
    ],
}


def fresh():
    """A key that was never used."""
    return str(uuid.uuid4())


class Program:
    """One client of the API, signed in as somebody."""

    def __init__(self, person, **options):
        self.client = Client(raise_request_exception=False, **options)
        self.client.force_login(person)

    def get(self, path, **headers):
        return self._ask("GET", path, None, headers)

    def post(self, path, body=None, key=None, **headers):
        return self._ask("POST", path, {} if body is None else body, {"Idempotency_Key": key or fresh(), **headers})

    def patch(self, path, body, key=None, **headers):
        return self._ask("PATCH", path, body, {"Idempotency_Key": key or fresh(), **headers})

    def put(self, path, body, key=None, **headers):
        return self._ask("PUT", path, body, {"Idempotency_Key": key or fresh(), **headers})

    def _ask(self, method, path, body, headers):
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        return self.client.generic(method, f"/api/v1{path}", raw, content_type="application/json", headers=headers)


@pytest.fixture
def program(analyst):
    """A program that acts as an analyst."""
    return Program(analyst)
