"""What a portal starts with: topics, facts, standing pages, rules of urgency, the consent; services, letters,
words for calls, terms of the law and holidays. Staff edit them afterwards.

The texts lie in content/ and demo/ as Markdown with a head of `name: value` lines between `---`.
"""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from hotline.models import CallScript, CallScriptText
from legalaid.models import (
    ConsentText,
    DeadlineRule,
    Holiday,
    LetterTemplate,
    LetterTemplateText,
    ServiceKind,
    ServiceKindText,
    UrgencyRule,
)
from resources.models import Topic, TopicText
from sanasezim.shared.languages import CODES
from sanasezim.shared.models import Fact, FactText, Page, PageText
from sanasezim.shared.uzbek import to_cyrillic

CONTENT = Path(__file__).parent / "content"

# In the order in which staff choose them
LETTERS = [
    *["received", "question", "papers", "come", "call"],
    *["filed", "partner", "news", "no-word", "ending"],
]


def read_text(path):
    """{"title", "summary", …, "body"} of a text file."""
    _nothing, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = dict(line.split(":", 1) for line in head.strip().splitlines())
    return {name.strip(): value.strip() for name, value in fields.items()} | {"body": body.strip()}


def read_texts(folder):
    """language → its text, Uzbek in Cyrillic made from Uzbek in Latin."""
    texts = {
        code: read_text(folder / f"{code}.md") for code in CODES if (folder / f"{code}.md").exists()
    }
    return with_cyrillic(texts)


def with_cyrillic(texts):
    """The same texts and, made from `uz`, those of `uz-cyrl`."""
    if "uz" in texts:
        texts["uz-cyrl"] = {name: to_cyrillic(value) for name, value in texts["uz"].items()}
    return texts


def _read_json(name):
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


@transaction.atomic
def load():
    """Load each of the kinds that the database has none of. Returns what was loaded."""
    loaded = []
    if not Topic.objects.exists():
        for row in _read_json("topics.json"):
            topic = Topic.objects.create(code=row["code"], icon=row["icon"], order=row["order"])
            TopicText.objects.bulk_create(
                TopicText(topic=topic, language=language, **text)
                for language, text in with_cyrillic(row["texts"]).items()
            )
        loaded.append("topics")
    if not Fact.objects.exists():
        for row in _read_json("facts.json"):
            texts = with_cyrillic(
                {code: {"value": value} for code, value in row.pop("texts").items()}
            )
            fact = Fact.objects.create(**row)
            FactText.objects.bulk_create(
                FactText(fact=fact, language=language, **text) for language, text in texts.items()
            )
        loaded.append("facts")
    if not Page.objects.exists():
        for folder in sorted((CONTENT / "pages").iterdir()):
            page = Page.objects.create(slug=folder.name)
            PageText.objects.bulk_create(
                PageText(page=page, language=language, **text)
                for language, text in read_texts(folder).items()
            )
        loaded.append("pages")
    if not ConsentText.objects.exists():
        ConsentText.objects.bulk_create(
            ConsentText(
                version=int(text["version"]),
                language=language,
                # As it is agreed to, so it stays: later settings make a new version.
                body=text["body"].format(settings.OPERATOR_NAME, settings.OPERATOR_BIN),
            )
            for language, text in read_texts(CONTENT / "consents").items()
        )
        loaded.append("consents")
    if not UrgencyRule.objects.exists():
        topics = {topic.code: topic for topic in Topic.objects.all()}
        for row in _read_json("urgency.json"):
            codes = row.pop("topics", [])
            rule = UrgencyRule.objects.create(**row)
            rule.topics.set(topics[code] for code in codes if code in topics)
        loaded.append("rules of urgency")
    if not ServiceKind.objects.exists():
        for row in _read_json("service_kinds.json"):
            kind = ServiceKind.objects.create(code=row["code"], order=row["order"])
            ServiceKindText.objects.bulk_create(
                ServiceKindText(kind=kind, language=language, **text)
                for language, text in with_cyrillic(row["texts"]).items()
            )
        loaded.append("kinds of services")
    if not CallScript.objects.exists():
        for row in _read_json("call_scripts.json"):
            texts = row.pop("texts")
            script = CallScript.objects.create(**row)
            CallScriptText.objects.bulk_create(
                CallScriptText(script=script, language=language, **text)
                for language, text in with_cyrillic(texts).items()
            )
        loaded.append("words for calls")
    if not LetterTemplate.objects.exists():
        for order, code in enumerate(LETTERS, start=1):
            letter = LetterTemplate.objects.create(code=code, order=order * 10)
            LetterTemplateText.objects.bulk_create(
                LetterTemplateText(letter=letter, language=language, **text)
                for language, text in read_texts(CONTENT / "letters" / code).items()
            )
        loaded.append("letters")
    if not DeadlineRule.objects.exists():
        topics = {topic.code: topic for topic in Topic.objects.all()}
        for row in _read_json("deadline_rules.json"):
            codes = row.pop("topics")
            rule = DeadlineRule.objects.create(**row)
            rule.topics.set(topics[code] for code in codes if code in topics)
        loaded.append("terms of the law")
    if not Holiday.objects.exists():
        Holiday.objects.bulk_create(Holiday(**row) for row in _read_json("holidays.json"))
        loaded.append("holidays")
    return loaded
