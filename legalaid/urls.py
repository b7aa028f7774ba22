from django.urls import path

from legalaid import views

app_name = "legalaid"

urlpatterns = [path("", views.help_page, name="help")]
