"""The least that Django can do: one view without a middleware, as large as our compressed pages."""

from django.http import HttpResponse
from django.urls import path

SECRET_KEY = "measured only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bare"
USE_TZ = True


def page(request):
    return HttpResponse(b"x" * 5600)


urlpatterns = [path("page/", page)]
