"""The staff site: Django's admin, as the place where staff work."""

import datetime

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REVIEW_AHEAD = datetime.timedelta(days=30)


class StaffConfig(AdminConfig):
    default_site = "sanasezim.staff.StaffSite"


class StaffSite(AdminSite):
    site_title = _("Sana Sezim staff")
    site_header = _("Sana Sezim staff")
    index_title = _("Today")
    site_url = "/"

    def index(self, request, extra_context=None):
        return super().index(request, (extra_context or {}) | self.waiting(request))

    def waiting(self, request):
        """What waits for somebody today, as far as this person may see it."""
        # The admin site is made before the models are there.
        from resources.models import Edition, EditionVersion
        from resources.reports import stale

        if not request.user.has_perm("resources.view_edition"):
            return {}
        today = timezone.localdate()
        editions = Edition.objects.select_related("publication").with_state()
        return {
            "today": today,
            "in_review": editions.exclude(submitted_at=None).order_by("submitted_at"),
            "scheduled": EditionVersion.objects.filter(publish_at__gt=timezone.now())
            .select_related("edition__publication")
            .order_by("publish_at"),
            "review_due": editions.review_due(today + REVIEW_AHEAD)
            .filter(publication__replaced_by=None)
            .order_by("review_due")[:20],
            "stale": stale()[:20],
        }
