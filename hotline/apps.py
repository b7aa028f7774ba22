from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = _("hotline")

    def ready(self):
        # What legal aid erases of calls, it learns from here.
        from hotline import retention  # noqa: F401
