"""Settings, all from the environment; everything works with none set (see docs/settings.md)."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

PACKAGE_DIR = Path(__file__).resolve().parent


def _whole(name: str, default: int) -> int:
    given = os.environ.get(name, str(default)).strip()
    if not (given.isascii() and given.isdecimal()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {given!r}")
    return int(given)


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


DATA_DIR = Path(os.environ.get("ALMONER_DATA_DIR", "var")).resolve()
DEBUG = _flag("ALMONER_DEBUG", False)
HTTPS = _flag("ALMONER_HTTPS", False)
ALLOWED_HOSTS = os.environ.get("ALMONER_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ALMONER_ORIGINS", "").split(",") if o]
CITY_TITLE = {
    "en": os.environ.get("ALMONER_TITLE_EN", "Open Service Ledger"),
    "zh-hans": os.environ.get("ALMONER_TITLE_ZH", "购买服务明账"),
}


def _secret_key() -> str:
    """The key given, or one made once and kept beside the embedded database."""
    given = os.environ.get("ALMONER_SECRET_KEY")
    if given:
        return given
    from almoner.secret import stored_secret_key

    return stored_secret_key(DATA_DIR / "secret_key")


SECRET_KEY = _secret_key()

# Whether findings follow the record as it is written (a thread in each process).
WATCH = _flag("ALMONER_WATCH", True)
MAX_FILE_MB = _whole("ALMONER_MAX_FILE_MB", 20)
FILES_DIR = DATA_DIR / "files"


def _database(url: str) -> dict[str, Any]:
    """The database that a URL names; ImproperlyConfigured, without the password, where it does not.

    Nothing but SQLite and PostgreSQL is known to work.
    """
    try:
        named = dict(dj_database_url.parse(url, conn_max_age=60))
    except ValueError:
        named = {}
    if named.get("ENGINE") in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        return named
    scheme = re.match(r"[\w+.-]+://", url, re.ASCII)
    raise ImproperlyConfigured(
        "The URL of the database (DATABASE_URL) "
        f"{f'begins with {scheme[0]}' if scheme else 'has no scheme'} and names none that can be "
        "used; write postgres://user:password@host/name (a / in the password as %2F, an @ as %40) "
        "or sqlite:////folder/file."
    )


DATABASES = {
    "default": _database(
        os.environ.get("DATABASE_URL") or f"sqlite:///{quote(str(DATA_DIR / 'almoner.sqlite3'))}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-65536;",
    }

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "almoner.audit",
    "almoner.accounts",
    "almoner.web",
    "almoner.files",
    "almoner.notices",
    "almoner.parties",
    "almoner.directory",
    "almoner.needs",
    "almoner.budget",
    "almoner.tenders",
    "almoner.contracts",
    "almoner.delivery",
    "almoner.evaluation",
    "almoner.voice",
    "almoner.payments",
    "almoner.supervision",
    "almoner.fairness",
    "almoner.disclosure",
    "almoner.desk",
    "django_htmx",
]
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "almoner.watch.middleware.Watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "almoner.web.unanswered.FormsAlone",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "almoner.web.access.PermissionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "almoner.web.pages.KeptPages",
]
ROOT_URLCONF = "almoner.urls"
WSGI_APPLICATION = "almoner.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "almoner.web.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "almoner.web.templatetags.almoner",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
SIGN_IN_TRIES = _whole("ALMONER_SIGN_IN_TRIES", 10)
SIGN_IN_TRIES_BY_ADDRESS = _whole("ALMONER_SIGN_IN_TRIES_BY_ADDRESS", 100)
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if _flag("ALMONER_BEHIND_PROXY", False) else None
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

ADDRESS = os.environ.get("ALMONER_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = os.environ.get("ALMONER_MAIL_FROM", "almoner@localhost")
EMAIL_TIMEOUT = 10  # seconds that a step may wait for the mail server
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # seconds that a link for setting a password holds
_MAIL = urlsplit(os.environ.get("ALMONER_SMTP_URL", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL.hostname else 'console'}.EmailBackend"
EMAIL_HOST = _MAIL.hostname or "localhost"
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.scheme == "smtps", _MAIL.scheme == "smtp+tls"
EMAIL_PORT = _MAIL.port or {"smtps": 465, "smtp+tls": 587}.get(_MAIL.scheme, 25)
EMAIL_HOST_USER = unquote(_MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
    # Apart from the pages, so that no flood of one pushes the other out.
    "limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
