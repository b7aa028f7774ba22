"""All settings, in one file. What differs between machines comes from the environment (see .env.example)."""

import datetime
from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

from sanasezim import embedded_pg
from sanasezim.shared.languages import LANGUAGES as PORTAL_LANGUAGES

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()  # NAME_FILE=/run/secrets/name is read as NAME

# Demo mode is what ./portal up gives: an embedded database, demonstration content and no second factor.
# It is on only when it is asked for, so that a production server can never fall into it.
DEMO = env.bool("PORTAL_DEMO", default=False)


def required(name, what_to_do):
    """A variable that production cannot do without. Demo mode makes up its own."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {what_to_do}")
    return value


if DEMO:
    SECRET_KEY = env.str("SECRET_KEY", default="demonstration-only-" + "x" * 40)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
else:
    SECRET_KEY = required(
        "SECRET_KEY", "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )
    ALLOWED_HOSTS = required(
        "ALLOWED_HOSTS", "Name the host people type, for example ALLOWED_HOSTS=portal.example.kz"
    ).split(",")
# While the key is exchanged: the one before, so that nobody is signed out
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Where the portal is, for links that leave it: QR codes, share links, feeds, mail.
SITE_ORIGIN = env.str(
    "SITE_ORIGIN", default="http://127.0.0.1:8000" if DEMO else f"https://{ALLOWED_HOSTS[0]}"
)


def database(name):
    """A socket stands in an address as libpq has it: postgres://role@%2Frun%2Fpostgresql/portal"""
    named = env.db(name)
    return named | {"HOST": unquote(named["HOST"])}


# Two roles: one owns the tables and migrates (manage.py chooses it), the other serves and owns nothing.
AS_OWNER = env.bool("PORTAL_AS_OWNER", default=False)
if env.str("DATABASE_URL", default=""):
    serving = database("DATABASE_URL")
    owning = (
        database("DATABASE_OWNER_URL") if env.str("DATABASE_OWNER_URL", default="") else serving
    )
    DATABASES = {"default": owning if AS_OWNER else serving}
    DATABASE_WEB_ROLE = serving["USER"]
elif DEMO:
    DATABASES = {"default": embedded_pg.django_config(AS_OWNER)}
    DATABASE_WEB_ROLE = embedded_pg.WEB_ROLE
else:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. "
        "Name a PostgreSQL 14 or newer: DATABASE_URL=postgres://user:password@host:5432/portal"
    )
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "sanasezim.staff.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # its templates, for TemplatesSetting
    "django.contrib.sitemaps",
    "crispy_forms",
    "pgtrigger",
    "pghistory",
    "sanasezim",
    "sanasezim.shared",
    "resources",
    "events",
    "legalaid",
    "hotline",
    "sanasezim.reports",
]

MIDDLEWARE = [
    "sanasezim.middleware.PageCache",
    "sanasezim.middleware.SecurityHeaders",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sanasezim.middleware.Sessions",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sanasezim.middleware.Language",
    "sanasezim.middleware.History",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sanasezim.errors.Damage",
]

ROOT_URLCONF = "sanasezim.urls"
WSGI_APPLICATION = "sanasezim.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "sanasezim.templatetags.portal"],
            "context_processors": [
                "django.template.context_processors.request",
                "sanasezim.context.portal",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"

# Keys of what is protected (sanasezim/shared/keys.py): files of their own, never beside the database's.
KEYS_DIR = Path(
    env.str("KEYS_DIR", default=str(BASE_DIR / "var" / "keys") if DEMO else "/etc/sana-sezim/keys")
)
# Files about the people we help, encrypted on the disk (sanasezim/shared/sealed_files.py)
SEALED_ROOT = Path(env.str("SEALED_ROOT", default=str(BASE_DIR / "var" / "sealed")))
# Whether one proxy of ours stands before us and names the reader's address. Without it nobody may.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=not DEMO)

# Languages and time
LANGUAGE_CODE = "ru"
LANGUAGES = PORTAL_LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["sanasezim.formats"]
USE_I18N = True
TIME_ZONE = "Asia/Almaty"
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Several machines may share a bucket of an S3 store instead of a folder (docs/several-machines.md). It needs
# deploy/requirements-s3.txt; without a bucket nothing of it is loaded.
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    S3_OPTIONS = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": required(
            "S3_ENDPOINT", "Name the store, for example https://s3.example.kz"
        ),
        "region_name": env.str("S3_REGION", default="kz"),
        "access_key": required("S3_KEY_ID", "The store gives it with its secret."),
        "secret_key": required("S3_SECRET", "The store gives it with its key id."),
        "addressing_style": "path",
        "signature_version": "s3v4",
        "default_acl": None,  # nobody reads past the portal
        "file_overwrite": True,  # names are random: only a file itself is written over
    }
    for use, folder in (("default", "media"), ("sealed", "sealed")):
        STORAGES[use] = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": S3_OPTIONS | {"location": folder},
        }
WHITENOISE_MAX_AGE = 60
# Whether nginx sends the bytes of booklets itself, once we said which (deploy/nginx.conf)
FILES_BY_NGINX = env.bool("FILES_BY_NGINX", default=False)
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "sanasezim.shared.uploads.OnlyWhereTaken",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "sanasezim.shared.uploads.NamelessFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Staff accounts
# Apps whose records are about people: no account opens them without a role, a superuser's neither.
APPS_ABOUT_PEOPLE = ["legalaid", "hotline"]
AUTH_USER_MODEL = "shared.User"
LOGIN_URL = "admin:login"
PASSWORD_HASHERS = ["sanasezim.shared.passwords.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "sanasezim.shared.passwords.OurWordsValidator"},
]
# Whether everybody has to come in with a second factor, superusers too (docs/decisions/0006-sign-in.md)
SECOND_FACTOR_REQUIRED = not DEMO
# Wrong tries of one name from one address, and how long the next then has to wait
SIGN_IN_TRIES = 5
SIGN_IN_WINDOW = 15 * 60
# How long a code or password that was asked for again holds
CONFIRMED_SECONDS = 10 * 60

# The history of a record is only added to (docs/architecture.md)
PGHISTORY_APPEND_ONLY = True

# Sessions exist for staff only; a reading page sets no cookie.
SESSION_ENGINE = "sanasezim.shared.sessions"
SESSION_LONGEST = 10 * 60 * 60
SECURE_COOKIES = not DEMO
SESSION_COOKIE_NAME = "__Host-staff" if SECURE_COOKIES else "staff"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 60  # without a click
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "sanasezim.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Transport and headers
SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not DEMO else None
SECURE_HSTS_SECONDS = 0 if DEMO else 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Named as in Django 6.0, which will take over from our middleware. No nonce and no inline code anywhere.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "media-src": ["'self'"],
    "font-src": ["'none'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}

# Mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 5  # seconds: a mail server that rests must not hold up whoever waits
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

# Where the last link of the record of looks is sent each night, away from this machine
ACCESS_DIGEST_TO = env.list("ACCESS_DIGEST_TO", default=[])
# How long each kind of record is kept (docs/decisions/0008-keeping-and-erasing.md)
KEEP_LOOKS = datetime.timedelta(days=2 * 365)
KEEP_JUNK = datetime.timedelta(days=30)
KEEP_DECLINED = datetime.timedelta(days=90)  # answered and referred ones, too
KEEP_CALLS_MONTHS = 12  # then they only count
KEEP_CALLBACKS = datetime.timedelta(days=30)  # after they ended, the number goes
KEEP_HAND_OVERS = datetime.timedelta(days=30)  # notes from shift to shift
KEEP_CALLER_FLAGS = datetime.timedelta(days=30)  # after they stopped to hold
KEEP_CASES_MONTHS = 3 * 12  # unless the lawyer sets another day
# Nobody is erased who wrote, or was written to, in this time.
KEEP_AFTER_A_WORD = datetime.timedelta(days=90)
# What was left out of a disposal comes up again after this.
ASK_AGAIN_AFTER = datetime.timedelta(days=90)
# Erasing begins so long after its approval, which can be taken back until then.
ERASE_AFTER = datetime.timedelta(minutes=10)
# What was erased, kept outside of the database: it outlives the restoring of an older backup.
ERASED_LIST = Path(env.str("ERASED_LIST", default=str(BASE_DIR / "var" / "erased.list")))
# Backups (docs/decisions/0010-backups.md): the half of the key that seals; the one that opens, for a
# restore; the folder of the nightly ones; what tells of the last good one, outside of the database, too.
BACKUP_KEY = env.str("BACKUP_KEY", default="")
RECOVERY_KEY = env.str("RECOVERY_KEY", default="")
BACKUP_DIR = env.str("BACKUP_DIR", default="")
LAST_BACKUP = Path(env.str("LAST_BACKUP", default=str(ERASED_LIST.with_name("last-backup.json"))))
KEEP_BACKUPS = datetime.timedelta(days=35)
BACKUP_AGE_MOST = datetime.timedelta(hours=26)  # a night, and two hours to notice
# When colleagues get the letter of the day, and what it reminds of
REMIND_AT = datetime.time(8, 30)
REMIND_UNANSWERED_DAYS = 2  # working days

# How long a process may go on giving out a public page before it looks whether something changed
CONTENT_STAMP_SECONDS = 0.5

# Whether booklets may be kept on the phone and read without a network. False makes every phone forget them.
OFFLINE_READING = env.bool("OFFLINE_READING", default=True)

# Where the exit button leads: something anybody may be looking at
EXIT_URL = env.str("EXIT_URL", default="https://www.google.com/")

# What an upload may be (docs/decisions explains the numbers)
UPLOAD_MAX_BYTES = 40 * 1024 * 1024
UPLOAD_MAX_PIXELS = 40_000_000
UPLOAD_MAX_PAGES = 3000
UPLOAD_CHECK_SECONDS = 10
UPLOAD_CHECK_MEMORY = 512 * 1024 * 1024

# The secret that our telephone exchange (PBX) signs with when it says that a phone rings; empty, it cannot.
PBX_SECRET = env.str("PBX_SECRET", default="")

# Asking for legal aid. Nobody is refused for a number here: a request is held for a look at most.
INTAKES_PER_HOUR = 6  # of one address; the rest are held
INTAKES_PER_HOUR_MOST = 60  # from then on their files are not looked at either
INTAKES_PER_HOUR_OF_ALL = (
    1000  # of the whole portal; from then on the second one of an address is held
)
INTAKE_FASTEST_SECONDS = 4  # nobody reads and fills in the form in less
# Asking to be called back: nobody is refused here, either.
CALLBACKS_PER_HOUR = 6
CALLBACKS_PER_HOUR_OF_ALL = 300
CALLBACK_FASTEST_SECONDS = 2
CALLBACKS_OF_NUMBER = 3  # that wait; the next one of the same number is held
CALLBACK_WITHIN = datetime.timedelta(hours=24)  # where no time could be promised
# (how many at once, seconds until there is one more): at most twice as many as the first in an hour
STATUS_TRIES_OF_REFERENCE = (4, 14 * 60)
STATUS_TRIES_OF_OWNER = (1, 60 * 60)
STATUS_TRIES_OF_ADDRESS = (15, 4 * 60)
VISIT_SECONDS = 20 * 60  # how long one's own page stays open without a click
VISIT_LONGEST = 2 * 60 * 60
MESSAGES_PER_HOUR = 30  # of one request
PAPERS_AT_ONCE = 5
PAPERS_PER_HOUR = 120  # of one address
PAPERS_OF_INTAKE = 60
PAPER_MAX_BYTES = 10 * 1024 * 1024
PAPER_MAX_PAGES = 200
PAPER_BODY_BYTES = 52 * 1024 * 1024
# What we say about when: working days to the first answer, days to the next news, days to erase.
FIRST_ANSWER_WORKING_DAYS = 3
NEWS_DAYS = 14
ERASE_DAYS = 15
# Who keeps the data, as the consent names it. What stands here are placeholders.
OPERATOR_NAME = env.str("OPERATOR_NAME", default="Sana Sezim [FULL LEGAL NAME]")
OPERATOR_BIN = env.str("OPERATOR_BIN", default="[BIN, 12 DIGITS]")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "sanasezim.private_log.PrivateFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "sanasezim.private_log.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.bool("LOG_JSON", default=not DEMO) else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Words people searched for stand in the address; the request line stays out of the log.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
