from django.urls import path

from events import views

app_name = "events"

urlpatterns = [
    path("", views.current_event, name="current"),
    path("<int:year>/", views.event, name="event"),
    path("<int:year>/<slug:slug>/", views.side_event, name="side_event"),
]
