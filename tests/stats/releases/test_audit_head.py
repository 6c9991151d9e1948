"""A release holds the head of the sealed audit log of its moment, and every form of it prints it."""

import json
from io import BytesIO

import openpyxl
import pypdf
import pytest
from django.urls import reverse
from django.utils import translation

from cases.actions import sealing
from cases.seal.form import Head
from cases.seal.state import sealed_head
from hotline.accounts.permissions import Role
from stats.jobs.documents import document_bytes
from stats.publication import Document, Form
from stats.releases.audit_checks import check_audit
from stats.releases.canonical import canonical, digest
from stats.releases.chain import check_chain
from stats.releases.reading import frozen_of, passports_of, publication_of
from tests import make
from tests.stats.releases.conftest import FROZEN_AT, as_superuser, frozen

pytestmark = pytest.mark.usefixtures("hotline_2024")


@pytest.fixture
def release(hotline_2024):
    sealing.seal_waiting(now=FROZEN_AT)
    return frozen("2024-01", "final")


def form(number: int, form: Form) -> bytes:
    with translation.override("en"):
        return document_bytes(publication_of(number), Document.TABLES, form, "en")


def text_of(content: bytes, form: Form) -> str:
    if form is Form.PDF:
        return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(content)).pages)
    if form is Form.XLSX:
        book = openpyxl.load_workbook(BytesIO(content))
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return content.decode()


def test_a_release_holds_the_head_and_vouches_for_it(release):
    # Freezing has left an event itself, which is sealed later.
    assert Head(release.audit_block, release.audit_head) == sealed_head()
    sealing.seal_waiting(now=FROZEN_AT)
    assert (check_audit().heads, check_audit().faults) == (1, 0)
    assert check_chain().findings == ()


def test_the_head_is_of_the_canonical_form(release):
    content = json.loads(canonical(release, frozen_of([release])[1], passports_of(release)))
    assert (content["release"]["audit_block"], content["release"]["audit_head"]) == (1, release.audit_head)
    as_superuser("UPDATE stats_release SET audit_head = repeat('0', 64)")
    assert [(fault.number, fault.fault.value) for fault in check_chain().findings] == [(1, "changed")]


def test_every_form_prints_it_and_its_page_shows_it(release, client):
    assert [kind for kind in Form if release.audit_head not in text_of(form(1, kind), kind)] == []
    client.force_login(make.user(Role.LEAD))
    assert release.audit_head in client.get(reverse("stats:release", args=[1])).content.decode()


def test_a_release_of_before_there_was_a_seal_keeps_its_digest_and_says_nothing(hotline_2024):
    release = frozen("2024-01", "final")
    assert (release.audit_block, release.audit_head) == (None, "")
    content = canonical(release, frozen_of([release])[1], passports_of(release))
    assert digest(content) == release.digest
    assert b"audit" not in content
    assert b"audit" not in form(1, Form.CSV)
