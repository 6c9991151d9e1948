"""English and Dutch are complete, and the tool that says so can say otherwise."""

from datetime import date

import polib
import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests import messages


def test_dutch_is_complete_and_compiled():
    assert messages.problems() == []


@pytest.fixture
def catalogue(tmp_path, monkeypatch) -> polib.POFile:
    """A copy of the Dutch that may be spoiled."""
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "django.po")
    monkeypatch.setattr(messages, "COMPILED", tmp_path / "django.mo")
    spoiled = polib.pofile(str(messages.ROOT / "hotline" / "locale" / "nl" / "LC_MESSAGES" / "django.po"))
    spoiled.save(str(messages.CATALOGUE))
    return spoiled


def spoil(catalogue: polib.POFile) -> list[str]:
    catalogue.save(str(messages.CATALOGUE))
    messages.COMPILED.write_bytes(catalogue.to_binary())
    return messages.problems()


def test_a_message_that_is_missing_is_noticed(catalogue):
    catalogue.remove(catalogue.find("Audit log"))
    assert spoil(catalogue) == ["not in the catalogue: 'Audit log'"]


def test_a_message_without_dutch_is_noticed(catalogue):
    catalogue.find("Audit log").msgstr = ""
    assert spoil(catalogue) == ["without Dutch: 'Audit log'"]


def test_a_message_no_one_uses_is_noticed(catalogue):
    catalogue.append(polib.POEntry(msgid="Nobody says this", msgstr="Niemand zegt dit"))
    assert spoil(catalogue) == ["in the catalogue, and not in the source: 'Nobody says this'"]


def test_a_fuzzy_message_is_noticed(catalogue):
    catalogue.find("Audit log").flags.append("fuzzy")
    assert "not settled: 'Audit log'" in spoil(catalogue)


def test_a_lost_placeholder_is_noticed(catalogue):
    catalogue.find("%(who)s signed in").msgstr = "heeft ingelogd"
    assert spoil(catalogue) == ["other placeholders than '%(who)s signed in'"]


def test_a_stale_compiled_catalogue_is_noticed(catalogue):
    messages.COMPILED.write_bytes(b"")
    assert messages.problems() == ["the compiled catalogue is not that of the .po file"]


def test_update_keeps_the_dutch_there_is_and_adds_what_is_new(catalogue):
    catalogue.remove(catalogue.find("Audit log"))
    catalogue.save(str(messages.CATALOGUE))
    updated = messages.update()
    assert updated.find("Audit log").msgstr == ""
    assert updated.find("Code lists").msgstr == "Codelijsten"


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("{% translate 'One' %}", (None, "One")),
        ("{% translate 'One' context 'two' %}", ("two", "One")),
        (
            "  {% if x %}\n      {% blocktranslate %}One {{ x }}{% endblocktranslate %}\n {% endif %}",
            (None, "One %(x)s"),
        ),
        ("{% include 'x.html' with label=_('One') %}", (None, "One")),
        (
            "{% blocktranslate count n=n %}{{ n }} one{% plural %}{{ n }} ones{% endblocktranslate %}",
            (None, "%(n)s one"),
        ),
    ],
)
def test_templates_are_read_however_a_message_is_written(tmp_path, monkeypatch, source, key):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(source)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    assert list(messages.collect()) == [key]


@pytest.mark.parametrize(
    ("path", "dutch", "english"),
    [
        ("/administration/", "Codelijsten", "Code lists"),
        ("/administration/coverage/", "Zelfgegenereerd", "Self-generated"),
        ("/account/", "Gebruikersnaam", "User name"),
        ("/account/password/", "Huidig wachtwoord", "Present password"),
        ("/nowhere/", "Niet gevonden", "Not found"),
    ],
)
def test_a_page_speaks_one_language_at_a_time(db, path, dutch, english):
    for language, said, unsaid in (("nl", dutch, english), ("en", english, dutch)):
        user = User.objects.create(username=language, name="Somebody", role=Role.ADMINISTRATOR, language=language)
        client = Client()
        client.force_login(user)
        page = client.get(path).content.decode()
        assert said in page
        assert unsaid not in page


def test_numbers_and_dates_are_the_readers_own(db):
    page = Template("{{ n }} {{ day|date:'SHORT_DATE_FORMAT' }} {{ share }}")
    shown = {}
    for language in ("nl", "en"):
        with translation.override(language):
            shown[language] = page.render(Context({"n": 127000, "day": date(2024, 3, 1), "share": 96.5}))
    assert shown == {"nl": "127.000 1 mrt 2024 96,5", "en": "127,000 1 Mar 2024 96.5"}
