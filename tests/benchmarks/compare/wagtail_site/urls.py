from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from wagtail_site.models import search

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    *i18n_patterns(path("search/", search, name="search"), path("", include(wagtail_urls))),
]
