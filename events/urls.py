from django.urls import path

from events import views
from events.feeds import Editions

app_name = "events"

urlpatterns = [
    path("", views.current_event, name="current"),
    path("archive/", views.archive, name="archive"),
    path("feed/", Editions(), name="feed"),
    path("<int:year>/", views.event, name="event"),
    path("poster/<int:year>/", views.poster, name="poster"),
    path("poster/<int:year>/<slug:slug>/", views.poster, name="poster"),
    path("screen/<int:year>/", views.screen, name="screen"),
    path("screen/<int:year>/<slug:slug>/", views.screen, name="screen"),
    path("calendar/<int:year>.ics", views.calendar_file, name="calendar"),
    path("calendar/<int:year>/<int:item>.ics", views.calendar_file, name="calendar_item"),
    path("calendar/<int:year>/<slug:slug>.ics", views.calendar_file, name="calendar"),
    path("picture/<int:year>.png", views.share_image, name="share_image"),
    path("picture/<int:year>/<slug:slug>.png", views.share_image, name="share_image"),
    path("<int:year>/<slug:slug>/", views.side_event, name="side_event"),
]
