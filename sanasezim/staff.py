"""The staff site: Django's admin, as the place where staff work."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AdminConfig):
    default_site = "sanasezim.staff.StaffSite"


class StaffSite(AdminSite):
    site_title = _("Sana Sezim staff")
    site_header = _("Sana Sezim staff")
    index_title = _("Today")
    enable_nav_sidebar = True
