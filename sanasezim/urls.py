from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path

from events import views as events
from hotline import exchange_views
from legalaid import partner_views
from resources import views as library
from sanasezim import views
from sanasezim.reports import views as reports
from sanasezim.sitemaps import SITEMAPS

urlpatterns = [
    path("", views.root, name="root"),
    path("staff/", admin.site.urls),
    path("k/<str:code>", library.code, name="code"),
    path("files/library/<str:name>", library.library_file, name="library_file"),
    re_path(r"^files/covers/(?P<name>[0-9a-f]{32}\.webp)$", library.cover, name="cover"),
    re_path(
        r"^files/events/(?P<name>[0-9a-f]{32}\.(webp|jpg|png|mp4))$",
        events.event_file,
        name="event_file",
    ),
    path("migrants-day.ics", views.calendar, name="calendar"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("partner/<str:token>/", partner_views.partner, name="partner"),
    path("hotline/ring/", exchange_views.ring, name="ring"),
    path("figures.csv", reports.figures_csv, name="figures_csv"),
    path("exit/", views.exit_quickly, name="exit"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("favicon.ico", views.favicon, name="favicon"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("library/", include("resources.urls")),
        path("help/", include("legalaid.urls")),
        path("hotline/", include("hotline.urls")),
        path("migrants-day/", include("events.urls")),
        path("figures/", reports.figures, name="figures"),
        path("offline/", views.offline, name="offline"),
        re_path(r"^(?P<slug>about|partners|privacy|accessibility)/$", views.page, name="page"),
    ),
]

handler400 = "sanasezim.errors.bad_request"
handler403 = "sanasezim.errors.forbidden"
handler404 = "sanasezim.errors.not_found"
handler500 = "sanasezim.errors.server_error"
