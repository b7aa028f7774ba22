from django.urls import path

from hotline import views

app_name = "hotline"

urlpatterns = [
    path("", views.hotline, name="hotline"),
    path("callback/", views.callback, name="callback"),
    path("callback/sent/", views.callback_sent, name="callback_sent"),
]
