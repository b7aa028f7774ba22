from django.urls import path

from resources import views

app_name = "resources"

urlpatterns = [
    path("", views.publication_list, name="list"),
    path("feed/", views.LibraryFeed(), name="feed"),
    path("<slug:slug>/", views.publication, name="publication"),
    path("<slug:slug>/print/", views.print_view, name="print"),
    path("<slug:slug>/share.html", views.share, name="share"),
]
