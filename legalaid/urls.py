from django.urls import path

from legalaid import views

app_name = "legalaid"

urlpatterns = [
    path("", views.help_page, name="help"),
    path("sent/", views.sent, name="sent"),
    path("status/", views.status, name="status"),
    path("status/write/", views.write, name="write"),
    path("status/contact/", views.contact, name="contact"),
    path("status/rights/", views.rights, name="rights"),
    path("status/code/", views.new_code, name="new_code"),
    path("status/saved/", views.saved, name="saved"),
    path("status/leave/", views.leave, name="leave"),
    path("status/receipt/", views.receipt, name="receipt"),
    path("status/file/<int:number>/", views.paper, name="paper"),
]
