"""Settings refuse to start on a missing or malformed environment, and say how to mend it."""

import subprocess
import sys

import pytest

from tests.project.processes import BASE_DIR, environment

WHOLE = {
    "HOTLINE_MODE": "production",
    "SECRET_KEY": "k" * 50,
    "REPORT_KEY_SECRET": "r" * 50,
    "ALLOWED_HOSTS": "hotline.example",
    "DATABASE_URL": "postgresql://hotline_app:secret-word@database.invalid/hotline",
    "REDIS_URL": "redis://redis.invalid/0",
}


def settings(code: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """Load settings in a process with this environment; empty values are left out."""
    names = {name: value for name, value in (WHOLE | variables).items() if value}
    return subprocess.run(
        [sys.executable, "-c", f"from hotline import settings\n{code}"],
        cwd=BASE_DIR,
        env=environment() | names,
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(**variables: str) -> str:
    done = settings(**variables)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "HOTLINE_MODE"])
def test_missing_value_is_named_with_its_mending(name):
    last = refusal(**{name: ""})
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert f"{name} is not set. Set " in last


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://secret-word@host/hotline"),
        ("DATABASE_URL", "sqlite:///secret-word"),
        ("DATABASE_URL", "postgresql://user:secret-word@host/"),
        ("HOTLINE_MODE", "secret-word"),
        ("HOTLINE_TIME_ZONE", "Europe/secret-word"),
        ("HOTLINE_LANGUAGE", "secret-word"),
        ("RECOUNT_TICK_SECONDS", "secret-word"),
        ("HOTLINE_BEHIND_PROXY", "secret-word"),
        ("HOTLINE_SESSION_IDLE_MINUTES", "secret-word"),
        ("HOTLINE_SESSION_MINUTES", "1"),
        ("HOTLINE_INVITATION_DAYS", "365"),
        ("SECRET_KEY_FILE", "/nowhere/secret-word"),
    ],
)
def test_malformed_value_is_named(name, value):
    assert name in refusal(**{name: value})


def test_refusal_does_not_print_the_address_with_its_password():
    assert "secret-word" not in settings(DATABASE_URL="mysql://user:secret-word@host/hotline").stderr


def test_value_from_a_file(tmp_path):
    secret = tmp_path / "database url"
    secret.write_text("postgresql://hotline_app:word@filed.invalid/hotline\n", encoding="utf-8")
    done = settings("print(settings.DATABASES['default']['HOST'])", DATABASE_URL="", DATABASE_URL_FILE=str(secret))
    assert (done.stdout, done.stderr) == ("filed.invalid\n", "")


def test_owner_address_only_for_who_asks_for_it():
    owner = "postgresql://hotline_owner:word@database.invalid/hotline"
    show = "print(settings.DATABASES['default']['USER'], settings.APP_DATABASE_ROLE)"
    assert settings(show, DATABASE_OWNER_URL=owner).stdout == "hotline_app hotline_app\n"
    asked = settings(show, DATABASE_OWNER_URL=owner, HOTLINE_DATABASE_ROLE="owner")
    assert asked.stdout == "hotline_owner hotline_app\n"


@pytest.mark.parametrize(("said", "proxies"), [("", 0), ("false", 0), ("true", 1), ("1", 1), ("2", 2)])
def test_proxies_are_counted(said, proxies):
    show = "print(settings.PROXIES, hasattr(settings, 'SECURE_PROXY_SSL_HEADER'))"
    assert settings(show, HOTLINE_BEHIND_PROXY=said).stdout == f"{proxies} {proxies > 0}\n"


def test_production_is_strict():
    show = (
        "print(settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, "
        "settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS > 0, settings.SYNTHETIC_DATA)"
    )
    assert settings(show).stdout == "False True True True True False\n"
