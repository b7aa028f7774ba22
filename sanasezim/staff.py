"""The staff site: Django's admin, as the place where staff work."""

import datetime

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REVIEW_AHEAD = datetime.timedelta(days=30)
MOST_SHOWN = 10


class StaffConfig(AdminConfig):
    default_site = "sanasezim.staff.StaffSite"


class StaffSite(AdminSite):
    site_title = _("Sana Sezim staff")
    site_header = _("Sana Sezim staff")
    index_title = _("Today")
    site_url = "/"

    def get_urls(self):
        # Its views know every app, whose models are not there yet when the site is made.
        from sanasezim.finding import find_view

        def find(request):
            return find_view(request, self)

        # "View on site" leads whoever asks to any object's address, that of a preview link too.
        return [
            path("find/", self.admin_view(find), name="find"),
            *[
                found
                for found in super().get_urls()
                if getattr(found, "name", "") != "view_on_site"
            ],
        ]

    def index(self, request, extra_context=None):
        return super().index(request, (extra_context or {}) | self.waiting(request))

    def waiting(self, request):
        """What waits for somebody today, as far as this person may see it."""
        context = {"now": timezone.now(), "today": timezone.localdate(), "most_shown": MOST_SHOWN}
        for permission, look in [
            ("resources.view_edition", self.waiting_in_library),
            ("events.view_event", self.coming_events),
            ("resources.view_handout", self.newest_handouts),
        ]:
            if request.user.has_perm(permission):
                context |= look()
        return context

    # The admin site is made before the models are there, so these import where they ask.

    def waiting_in_library(self):
        from resources.models import Edition, EditionVersion
        from resources.reports import stale

        editions = Edition.objects.select_related("publication", "submitted_by").with_state()
        return {
            "library": True,
            "in_review": editions.filter(withdrawn_at=None)
            .exclude(submitted_at=None)
            .order_by("submitted_at"),
            "scheduled": EditionVersion.objects.filter(publish_at__gt=timezone.now())
            .select_related("edition__publication")
            .order_by("publish_at"),
            "review_due": editions.review_due(timezone.localdate() + REVIEW_AHEAD)
            .filter(publication__replaced_by=None)
            .order_by("review_due", "publication", "language"),
            "stale": stale(),
        }

    def coming_events(self):
        from events.models import Event

        events = Event.objects.filter(ends_on__gte=timezone.localdate())
        return {"events_seen": True, "coming_events": events.prefetch_related("texts")}

    def newest_handouts(self):
        from resources.models import Handout

        handouts = Handout.objects.select_related("publication", "office").order_by("-pk")
        return {"handouts_seen": True, "newest_handouts": handouts[:5]}
