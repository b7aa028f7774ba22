"""The publications of the portal as pages: python -m wagtail_site.fill PUBLICATIONS.json"""

import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.utils.text import slugify
from django.utils.timezone import now

migrations = Path(os.environ["COMPARE_WORK"]) / "wagtail_migrations"
migrations.mkdir(exist_ok=True)
(migrations / "__init__.py").touch()
django.setup()
settings.WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False
call_command("makemigrations", "wagtail_site", verbosity=0)
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)

from wagtail.models import Locale, Page, Site  # noqa: E402

from wagtail_site.models import (  # noqa: E402
    FormField,
    FormPage,
    HomePage,
    IndexPage,
    PublicationPage,
    Topic,
)

KEY = "0f6f2a5e-0000-4000-8000-{:012}"  # what is the same in every language has one
FIELDS = [
    ("Are you in danger now?", "radio", "Yes,No"),
    ("What is it about?", "checkboxes", "TOPICS"),
    ("What happened", "multiline", ""),
    ("For whom", "dropdown", "Myself,A relative,A friend,Somebody else"),
    ("Country", "dropdown", "Kazakhstan,Uzbekistan,Kyrgyzstan,Tajikistan,Russia"),
    ("Town or district", "singleline", ""),
    ("Is it about a child?", "radio", "Yes,No"),
    ("Your name", "singleline", ""),
    ("How can we answer", "radio", "Call,WhatsApp,Telegram,Not at all"),
    ("Number", "singleline", ""),
    ("When may we call", "singleline", ""),
    ("Language", "dropdown", "ru,kk,uz,ky,tg,en"),
    ("I agree", "checkbox", ""),
]


def page(model, above, number, language, **fields):
    return above.add_child(
        instance=model(
            locale=Locale.objects.get_or_create(language_code=language)[0],
            translation_key=KEY.format(number),
            first_published_at=now(),
            **fields,
        )
    )


told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
topics = {
    code: Topic.objects.get_or_create(code=code, name=name)[0]
    for code, name in told["topics"].items()
}
Page.objects.filter(depth=2).delete()
root = Page.objects.get(depth=1)
for language, _name in settings.LANGUAGES:
    home = page(HomePage, root, 1, language, title="Home", slug=f"home-{language}")
    if language == settings.LANGUAGE_CODE:
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "127.0.0.1", "root_page": home}
        )
    library = page(
        IndexPage, home, 2, language, title="Library", slug="library", show_in_menus=True
    )
    form = page(FormPage, home, 3, language, title="Help", slug="help", show_in_menus=True)
    for order, (label, kind, choices) in enumerate(FIELDS):
        FormField.objects.create(
            page=form, sort_order=order, label=label, field_type=kind, required=False,
            choices=choices.replace("TOPICS", ",".join(told["topics"].values())),
        )  # fmt: skip
    for number, publication in enumerate(told["publications"], 10):
        title, summary, body = publication["texts"][language]
        made = page(
            PublicationPage, library, number, language, title=title, slug=publication["slug"],
            summary=summary, body=body, kind=publication["kind"],
            citizenships=publication["citizenships"],
        )  # fmt: skip
        made.topics.set(topics[code] for code in publication["topics"])
        made.save()
    print(slugify(language), library.get_children().count(), flush=True)
call_command("update_index", verbosity=0)
