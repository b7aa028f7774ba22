"""A library as Wagtail's own guide would have it: an index, a page for each publication, a form."""

from django.core.paginator import Paginator
from django.db import models
from django.shortcuts import render
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.fields import RichTextField
from wagtail.models import Locale, Page
from wagtail.search import index

ON_A_PAGE = 20


class Topic(models.Model):
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)


class HomePage(Page):
    pass


class IndexPage(Page):
    def get_context(self, request):
        context = super().get_context(request)
        found = PublicationPage.objects.child_of(self).live().order_by("-first_published_at")
        if topic := request.GET.get("topic"):
            found = found.filter(topics__code=topic)
        found = found.prefetch_related("topics")
        context["publications"] = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
        context["topics"] = Topic.objects.all()
        return context


class PublicationPage(Page):
    kind = models.CharField(max_length=20)
    citizenships = models.JSONField(default=list, blank=True)
    summary = models.CharField(max_length=500, blank=True)
    body = RichTextField()
    topics = ParentalManyToManyField(Topic, blank=True)

    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]


class FormField(AbstractFormField):
    page = ParentalKey("FormPage", on_delete=models.CASCADE, related_name="form_fields")


class FormPage(AbstractForm):
    intro = RichTextField(blank=True)


def search(request):
    query = request.GET.get("query", "")
    found = PublicationPage.objects.live().filter(locale=Locale.get_active()).search(query)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "wagtail_site/search.html", {"query": query, "publications": page})
