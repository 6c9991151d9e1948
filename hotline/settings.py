"""Settings, all of them, from the environment.

Two modes. ``local`` (the default: demo, tests, a developer's clone) takes its servers from
:mod:`hotline.embedded` and makes its own secrets. ``production`` takes everything from the
environment and refuses to start when something is missing, saying what and how to mend it.
Any NAME may be given as NAME_FILE, the path of a file that holds the value (a Docker secret).
"""

import zoneinfo
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()


def required(name: str, mend: str) -> str:
    """The value of NAME, or of the file NAME_FILE names; refuses to start without one."""
    try:
        file = env.str(f"{name}_FILE", "")
        value: str = Path(file).read_text(encoding="utf-8").strip() if file else env.str(name, "")
    except (OSError, EnvError) as error:
        msg = f"{name}_FILE can not be read. {mend}"
        raise ImproperlyConfigured(msg) from error
    if not value:
        msg = f"{name} is not set. {mend}"
        raise ImproperlyConfigured(msg)
    return value


def optional(name: str, mend: str) -> str:
    """The value of NAME, or of the file NAME_FILE names; empty when neither is given."""
    given = env.str(name, "") or env.str(f"{name}_FILE", "")
    return required(name, mend) if given else ""


def database(name: str) -> dict[str, Any]:
    """A Django database entry from a postgresql:// address; anything else refuses to start."""
    mend = f"Set {name}=postgresql://USER:PASSWORD@HOST:PORT/NAME."
    address = required(name, mend)
    if not address.startswith(("postgresql://", "postgres://")):
        msg = f"{name} is not a PostgreSQL address. {mend}"
        raise ImproperlyConfigured(msg)
    parsed: dict[str, Any] = {**dj_database_url.parse(address)}
    if not parsed.get("NAME"):
        msg = f"{name} names no database. {mend}"
        raise ImproperlyConfigured(msg)
    return parsed


def years(name: str) -> int | None:
    """A whole number of years from 1 to 100, or None where nothing is set; anything else refuses to start."""
    given = env.str(name, "").strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 100):  # noqa: PLR2004 - told in the message
        msg = f"{name} must be a whole number of years from 1 to 100, or left out."
        raise ImproperlyConfigured(msg)
    return int(given)


def minutes(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number of minutes in a range; anything else refuses to start."""
    try:
        value: int = env.int(name, default)
    except EnvError:
        value = 0
    if not least <= value <= most:
        msg = f"{name} must be a whole number of minutes from {least} to {most}."
        raise ImproperlyConfigured(msg)
    return value


MODE = env.str("HOTLINE_MODE", "local")
if MODE not in {"local", "production"}:
    msg = "HOTLINE_MODE must be 'local' or 'production'."
    raise ImproperlyConfigured(msg)
PRODUCTION = MODE == "production"

DEBUG = False
SECRET_KEY = required(
    "SECRET_KEY", "Set it to 50 random characters: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
)
# Keys the hash by which a sender's own report number is known again. Kept apart from SECRET_KEY:
# rotating that one must not make every imported report look new.
REPORT_KEY_SECRET = required(
    "REPORT_KEY_SECRET", "Set it once to 50 random characters and never change it: imports are known again by it."
)
# Seals what second factors keep (docs/adr/two-factor.md). Without one of its own, SECRET_KEY does: a hotline that
# changes that one then names the old one in FACTOR_SECRET_OLD, or every authenticator app has to be set up again.
_FACTOR_MEND = "Set it to 50 random characters, or leave it out."
FACTOR_SECRETS: list[str] = [
    optional("FACTOR_SECRET", _FACTOR_MEND) or SECRET_KEY,
    *filter(None, [optional("FACTOR_SECRET_OLD", _FACTOR_MEND)]),
]
# Administrators sign in with a second factor, always. A demo on one's own machine may do without.
FACTOR_FOR_ADMINISTRATORS: bool = PRODUCTION or env.bool("HOTLINE_REQUIRE_FACTOR", False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
if PRODUCTION and not ALLOWED_HOSTS:
    msg = "ALLOWED_HOSTS is not set. Set it to the host names of this hotline, separated by commas."
    raise ImproperlyConfigured(msg)
# Where people open this hotline, such as https://hotline.example. Passkeys are bound to it; without it, to the host
# that was asked for, if ALLOWED_HOSTS names that one in full.
ORIGIN = env.str("HOTLINE_ORIGIN", "").rstrip("/")
if ORIGIN and not ORIGIN.startswith(("https://",) if PRODUCTION else ("https://", "http://localhost")):
    msg = "HOTLINE_ORIGIN must be https:// and the host name of this hotline."
    raise ImproperlyConfigured(msg)
# Signing in at the organisation's own provider. Off without an issuer: no route answers, nobody is asked.
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_CLIENT_ID = required("OIDC_CLIENT_ID", "Set it to what the provider knows us by.") if OIDC_ISSUER else ""
OIDC_CLIENT_SECRET = required("OIDC_CLIENT_SECRET", "Set it to the secret the provider gave.") if OIDC_ISSUER else ""
if OIDC_ISSUER and PRODUCTION and not OIDC_ISSUER.startswith("https://"):
    msg = "OIDC_ISSUER must be https:// and the provider's address, to the letter as its discovery document has it."
    raise ImproperlyConfigured(msg)
# What the provider is called on our pages, by which claim people are known, and which values of amr or acr are as good
# as our own second factor: none, unless they are named.
OIDC_NAME = env.str("OIDC_NAME", "the provider")
OIDC_MATCH = env.str("OIDC_MATCH", "sub")
if OIDC_MATCH not in {"sub", "preferred_username"}:
    msg = "OIDC_MATCH must be 'sub' or 'preferred_username'."
    raise ImproperlyConfigured(msg)
OIDC_SECOND_FACTOR: list[str] = env.list("OIDC_SECOND_FACTOR", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",  # its widgets' templates, for FORM_RENDERER
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "rest_framework",
    "csp",
    "hotline",
    "hotline.accounts",
    "hotline.accounts.factors",
    "hotline.health",
    "cases",
    "stats",
]

# The first writes a line about every answer, the second counts it; the next four put headers on it, also where one
# after them gave it.
MIDDLEWARE = [
    "hotline.access_log.AccessLogMiddleware",
    "hotline.health.middleware.MetricsMiddleware",
    "hotline.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hotline.accounts.middleware.SessionLimitsMiddleware",
    "hotline.accounts.middleware.ReaderLanguageMiddleware",
    "hotline.accounts.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "hotline.urls"
WSGI_APPLICATION = "hotline.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hotline.context.page",
            ],
        },
    },
]
# Forms are drawn by our own templates/django/forms, so that every field has one look and its errors beside it.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The application's role can not touch the audit log's past or the schema; the owner migrates.
# manage.py asks for the owner for the commands that need it.
DATABASE_OWNER = env.str("HOTLINE_DATABASE_ROLE", "app") == "owner" and bool(
    env.str("DATABASE_OWNER_URL", "") or env.str("DATABASE_OWNER_URL_FILE", "")
)
DATABASES = {"default": database("DATABASE_OWNER_URL" if DATABASE_OWNER else "DATABASE_URL")}
DATABASES["default"].update(
    {
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
)
DATABASES["default"].setdefault("OPTIONS", {})
# A server that takes connections and says nothing (paused, starved) must not hold every thread of the web.
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
# The role that migrations grant its rights to, when it is not the one that migrates.
APP_DATABASE_ROLE: str = database("DATABASE_URL").get("USER", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "Set REDIS_URL=redis://HOST:PORT/0.")
CELERY_BROKER_URL = REDIS_URL
# Work is derived from the database, a message is only a hint: results are never kept or read, a lost message
# loses nothing, and a web request never waits for a broker that is away.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "hotline"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "visibility_timeout": 3600,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: the shelve file of one Python is unreadable in another
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
# An address without its last slash leads nowhere: the answer would repeat all of it, also what stands behind.
APPEND_SLASH = False
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_HASHERS = ["hotline.accounts.hashing.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "hotline.accounts.passwords.OwnWordsValidator"},
    {"NAME": "hotline.accounts.passwords.PatternValidator"},
]

# Where tries are counted, below the prefix that all its keys have.
LIMITS_NAMESPACE = "tries"

# The hotline's own clock: a report's month and year come from its received_date in this zone.
TIME_ZONE = env.str("HOTLINE_TIME_ZONE", "Europe/Amsterdam")
if TIME_ZONE not in zoneinfo.available_timezones():
    msg = "HOTLINE_TIME_ZONE is not a known time zone. Set it to a name such as Europe/Amsterdam."
    raise ImproperlyConfigured(msg)
USE_TZ = True
CELERY_TIMEZONE = TIME_ZONE
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LANGUAGE_CODE = env.str("HOTLINE_LANGUAGE", "en")
if LANGUAGE_CODE not in {"nl", "en"}:
    msg = "HOTLINE_LANGUAGE must be 'nl' or 'en'."
    raise ImproperlyConfigured(msg)
LOCALE_PATHS = [BASE_DIR / "hotline" / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["hotline.formats"]

STATIC_URL = "static/"
# Collected for production only; elsewhere WhiteNoise finds the files where they are.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
# Only names with a digest are served, so that every one may be kept for ever; and to our own pages alone.
WHITENOISE_KEEP_ONLY_HASHED_FILES = PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# A browser takes a cookie of such a name only over TLS, for this very host and every path of it: no neighbour under the
# same domain can set or read it. Plain HTTP on one's own machine needs another name.
COOKIE_PREFIX = "__Host-hotline_" if PRODUCTION else "hotline_"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
THEME_COOKIE_NAME = f"{COOKIE_PREFIX}theme"
MESSAGE_COOKIE_NAME = f"{COOKIE_PREFIX}message"
MESSAGE_STORAGE = "hotline.flash.NamedCookieStorage"
SESSION_ENGINE = "hotline.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A session ends after so long without use, and after so long altogether, whatever is done in it.
SESSION_IDLE_SECONDS = minutes("HOTLINE_SESSION_IDLE_MINUTES", 30, least=5, most=12 * 60) * 60
SESSION_COOKIE_AGE = minutes("HOTLINE_SESSION_MINUTES", 12 * 60, least=15, most=24 * 60) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ACTIVITY_COOKIE_NAME = f"{COOKIE_PREFIX}active"
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}device"
KEPT_COOKIE_NAME = f"{COOKIE_PREFIX}kept"
# How long an invitation may wait to be taken up.
INVITATION_DAYS = env.int("HOTLINE_INVITATION_DAYS", 7)
if not 1 <= INVITATION_DAYS <= 30:  # noqa: PLR2004 - the range is told in the message
    msg = "HOTLINE_INVITATION_DAYS must be a whole number from 1 to 30."
    raise ImproperlyConfigured(msg)
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "hotline.views.csrf_failure"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("HOTLINE_SSL_REDIRECT", True)
# The container's own health check and whoever watches from inside speak plain HTTP, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)\Z"]
SECURE_HSTS_SECONDS = 63072000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
# How many proxies stand in front and add to X-Forwarded-For, each the address it was asked from; 'true' is one.
PROXIES_SAID = env.str("HOTLINE_BEHIND_PROXY", "0").strip().lower()
PROXIES_SAID = {"true": "1", "yes": "1", "on": "1", "false": "0", "no": "0", "off": "0", "": "0"}.get(
    PROXIES_SAID, PROXIES_SAID
)
if PROXIES_SAID not in {"0", "1", "2", "3", "4", "5"}:
    msg = "HOTLINE_BEHIND_PROXY must be the number of proxies in front of this service, 0 to 5."
    raise ImproperlyConfigured(msg)
PROXIES = int(PROXIES_SAID)
if PRODUCTION and PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Bounds on what a form may carry: a page's largest form has some 150 fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["hotline.accounts.api.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["hotline.api.parsing.StrictJSONParser"],
    "EXCEPTION_HANDLER": "hotline.api.problems.problem_details",
    "COERCE_DECIMAL_TO_STRING": False,
}

# Who shows it may read /metrics without signing in.
_METRICS_MEND = "Set it to 50 random characters, or leave it out: then only administrators read /metrics."
METRICS_TOKEN = optional("METRICS_TOKEN", _METRICS_MEND)
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:  # noqa: PLR2004 - the number is told in the message
    msg = f"METRICS_TOKEN is shorter than 32 characters. {_METRICS_MEND}"
    raise ImproperlyConfigured(msg)

# Where a backup is made every night, and how many of the newest are kept there. Without a folder none is made.
BACKUP_DIR = env.str("HOTLINE_BACKUP_DIR", "")
BACKUPS_KEPT = env.int("HOTLINE_BACKUPS_KEPT", 30)
if not 1 <= BACKUPS_KEPT <= 3660:  # noqa: PLR2004 - the range is told in the message
    msg = "HOTLINE_BACKUPS_KEPT must be a whole number from 1 to 3660."
    raise ImproperlyConfigured(msg)

# Synthetic data are marked as such on every page and in every export.
SYNTHETIC_DATA = env.bool("HOTLINE_SYNTHETIC_DATA", False)
# Published tables hold no count of people below this (docs/adr/disclosure.md).
DISCLOSURE_THRESHOLD = env.int("HOTLINE_DISCLOSURE_THRESHOLD", 5)
if not 2 <= DISCLOSURE_THRESHOLD <= 100:  # noqa: PLR2004 - the range is told in the message
    msg = "HOTLINE_DISCLOSURE_THRESHOLD must be a whole number from 2 to 100."
    raise ImproperlyConfigured(msg)
# How often audit events are sealed into blocks, and the file beside the database that the newest digest is added to.
AUDIT_SEAL_SECONDS = env.float("AUDIT_SEAL_SECONDS", 5.0)
AUDIT_HEAD_FILE = env.str("HOTLINE_AUDIT_HEADS", "")
# After how many years audit events, and reports of months with a final release, are removed; None: never
# (docs/retention.md). The first is written into the database by 'migrate', with the owner's rights.
AUDIT_YEARS = years("HOTLINE_AUDIT_YEARS")
RETENTION_YEARS = years("HOTLINE_RETENTION_YEARS")
RECOUNT_TICK_SECONDS = env.float("RECOUNT_TICK_SECONDS", 2.0)
# How often jobs are looked for that nobody works on, and how long a finished export is kept.
JOB_TICK_SECONDS = env.float("JOB_TICK_SECONDS", 5.0)
EXPORT_DAYS = env.int("HOTLINE_EXPORT_DAYS", 30)
if not 1 <= EXPORT_DAYS <= 3660:  # noqa: PLR2004 - the range is told in the message
    msg = "HOTLINE_EXPORT_DAYS must be a whole number from 1 to 3660."
    raise ImproperlyConfigured(msg)

# For a developer at the machine: whole tracebacks, with the values in them. Never in production.
LOG_TRACEBACKS = not PRODUCTION and env.bool("HOTLINE_LOG_TRACEBACKS", False)
LOGGING_CONFIG = "hotline.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "hotline.logs.JsonLines", "tracebacks": LOG_TRACEBACKS}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # Its error record carries the SQL and the row that was refused.
        "django.db.backends": {"level": "CRITICAL", "propagate": False},
        # What was refused has its line in the access log; a fault of ours is said here, with its place.
        "django.request": {"level": "ERROR"},
        # A line for each task and each hint would say what the database says better.
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "amqp": {"level": "WARNING"},
    },
}
