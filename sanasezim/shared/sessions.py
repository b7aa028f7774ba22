"""The sessions of staff (settings.SESSION_ENGINE), on the server: one that is ended is over at once.

The database has the key's SHA-256 only, and beside the data: whose it is, since when, and on what.
A trigger ends an account's sessions as its password, its roles or its being active change, whatever
way that was written (migration 0004).
"""

import datetime
import hashlib

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from sanasezim.shared import keys
from sanasezim.shared.models import StaffSession

# "Last seen" is right to a minute: not every page writes.
SEEN_EVERY = datetime.timedelta(minutes=1)
# Between the password and the code nobody is signed in yet.
UNFINISHED = datetime.timedelta(minutes=15)


def stored(key):
    """What the database has of a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def browser_code(user_agent):
    """Stands for the browser's own name, to notice a cookie that was carried to another one."""
    return keys.code_of(keys.PEPPER, "browser", user_agent).hex() if user_agent else ""


class SessionStore(SessionBase):
    # The browser's name of the request, where there is one: set by sanasezim.middleware.Sessions.
    user_agent = None
    # A page that asks by itself is no sign that somebody is there.
    is_by_itself = False

    def __init__(self, session_key=None):
        super().__init__(session_key)
        self.row = _new_row()

    def load(self):
        row = StaffSession.objects.open().filter(session_key=stored(self.session_key)).first()
        if row and self._is_carried_to_another_browser(row):
            row.delete()  # a stolen cookie: over for both
            row = None
        if row is None:
            self._session_key = None
            return {}
        self.row = row
        now = timezone.now()
        if row.account_id and now - row.last_seen >= SEEN_EVERY and not self.is_by_itself:
            row.last_seen = now
            row.expire_date = _end(row)
            StaffSession.objects.filter(pk=row.pk).update(
                last_seen=row.last_seen, expire_date=row.expire_date
            )
        return self.decode(row.session_data)

    def _is_carried_to_another_browser(self, row):
        if not row.browser or self.user_agent is None:
            return False
        return row.browser != browser_code(self.user_agent)

    def describe(self, *, device, network):
        """On what somebody signed in, for their own eyes."""
        self.row.device = device
        self.row.network = network
        self.row.browser = browser_code(self.user_agent)
        self.modified = True

    def exists(self, session_key):
        return StaffSession.objects.filter(session_key=stored(session_key)).exists()

    def create(self):
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create=False):
        if self.session_key is None:
            return self.create()
        content = self._get_session(no_load=must_create)
        row = self.row
        row.session_key = stored(self.session_key)
        row.session_data = self.encode(content)
        row.account_id = content.get(SESSION_KEY)
        row.expire_date = _end(row)
        if must_create:
            row.pk = None
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                raise CreateError from None
        elif not StaffSession.objects.filter(pk=row.pk).update(
            session_key=row.session_key,
            session_data=row.session_data,
            account_id=row.account_id,
            expire_date=row.expire_date,
            device=row.device,
            browser=row.browser,
            network=row.network,
        ):
            # Ended meanwhile, perhaps in another window: nothing brings it back.
            raise UpdateError

    def delete(self, session_key=None):
        session_key = session_key or self.session_key
        if session_key:
            StaffSession.objects.filter(session_key=stored(session_key)).delete()

    def flush(self):
        super().flush()
        self.row = _new_row()

    @classmethod
    def clear_expired(cls):
        StaffSession.objects.filter(expire_date__lte=timezone.now()).delete()


def _new_row():
    now = timezone.now()
    return StaffSession(started_at=now, last_seen=now)


def _end(row):
    if not row.account_id:
        return row.started_at + UNFINISHED
    idle = row.last_seen + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    longest = row.started_at + datetime.timedelta(seconds=settings.SESSION_LONGEST)
    return min(idle, longest)
