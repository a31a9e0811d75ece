"""The portal's own settings, with the few that tests need otherwise.

Only ways of running differ (jobs at once, a cheap password hash, static files from their folders); every
rule of safety stays as it is in production.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "a key for tests only, long enough for every check that looks at it")
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from iahdrai_portal.settings import *  # noqa: F403
from iahdrai_portal.settings import DATABASES, MIDDLEWARE, STATIC_ROOT, STORAGES, VAR_DIR

Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)

# A file, never memory: only then do the lock and journal settings of production take part.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
# A test closes what it opened.
DATABASES["default"]["CONN_MAX_AGE"] = 0

TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MIDDLEWARE = ["tests.day.SameDayInEveryThread", *MIDDLEWARE]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
