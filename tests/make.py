"""One plain function per model: makes a valid row, whatever the test does not care about."""

import datetime
import itertools

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from events.models import Event, EventText
from hotline.models import Call
from legalaid import casework
from legalaid.models import Case, CaseMember, CasePerson, Employer, Identity, Intake, Person
from resources import publishing
from resources.models import Edition, Handout, LibraryFile, Publication, Topic, TopicText
from sanasezim.shared import access_log, confirmed
from sanasezim.shared.models import (
    Fact,
    FactText,
    Line,
    LineHours,
    Office,
    Page,
    PageText,
    Partner,
    PreviewLink,
    Project,
    User,
)

_numbers = itertools.count(100)


def user(role=None, **fields):
    number = next(_numbers)
    made = User.objects.create_user(
        username=f"{role or 'nobody'}{number}", password="long-enough-1", is_staff=True, **fields
    )
    if role:
        if not Group.objects.filter(name=role).exists():
            call_command("sync_roles", verbosity=0)
        made.groups.add(Group.objects.get(name=role))
    return made


def sign_in(client, account):
    """Somebody who has just been asked again who they are (shared/confirmed.py)."""
    client.force_login(account)
    session = client.session
    confirmed.confirm(session, both=True)
    session.save()


def topic(code="wages", **names):
    made = Topic.objects.create(code=code, icon=code)
    for language, name in (names or {"ru": "Зарплата"}).items():
        TopicText.objects.create(topic=made, language=language, name=name)
    return made


def publication(**fields):
    number = next(_numbers)
    return Publication.objects.create(
        **{"code": f"K-{number}", "slug": f"booklet-{number}"} | fields
    )


def edition(language="ru", **fields):
    fields.setdefault("publication", None)
    fields["publication"] = fields["publication"] or publication()
    return Edition.objects.create(
        language=language,
        **{"title": "Не заплатили", "summary": "Что делать.", "body": "## Шаг\n\nПозвоните нам."}
        | fields,
    )


def version(language="ru", by=None, at=None, change_note="", **fields):
    """A published edition's version."""
    return publishing.publish(
        edition(language, **fields), by=by or user("coordinator"), at=at, change_note=change_note
    )


def library_file(content=b"%PDF-1.4 not looked into", **fields):
    from django.core.files.base import ContentFile

    number = next(_numbers)
    return LibraryFile.objects.create(
        **{"kind": "pdf", "size": len(content), "sha256": f"{number:064x}", "pages": 2} | fields,
        content=ContentFile(content, name=f"{number}.pdf"),
    )


def fact(code="move-days", kind="deadline", **values):
    made = Fact.objects.create(code=code, kind=kind, checked_on=timezone.localdate())
    for language, value in (values or {"ru": "5 рабочих дней"}).items():
        FactText.objects.create(fact=made, language=language, value=value)
    return made


def line(phone="+77010000000", **fields):
    return Line.objects.create(phone=phone, **fields)


def hours(line, opens, closes, weekdays=range(7), valid_from="2026-01-01", valid_to=None):
    return LineHours.objects.create(
        line=line, weekdays=list(weekdays), opens=opens, closes=closes,
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip


def office(**fields):
    return Office.objects.create(
        **{"code": f"office-{next(_numbers)}", "kind": "district"} | fields
    )


def project(**fields):
    number = next(_numbers)
    return Project.objects.create(
        **{"code": f"project-{number}", "name": f"Project {number}", "starts_on": "2026-01-01"}
        | fields
    )


def partner(**fields):
    return Partner.objects.create(**{"code": f"partner-{next(_numbers)}"} | fields)


def page(slug="about", **titles):
    made = Page.objects.create(slug=slug)
    for language, title in (titles or {"ru": "О нас"}).items():
        PageText.objects.create(page=made, language=language, title=title, body="Текст.")
    return made


def handout(**fields):
    fields.setdefault("publication", None)
    fields["publication"] = fields["publication"] or publication()
    fields.setdefault("recorded_by", None)
    fields["recorded_by"] = fields["recorded_by"] or user("operator")
    return Handout.objects.create(**{"language": "uz", "copies": 10, "place": "Базар"} | fields)


def event(year=2031, **fields):
    day = datetime.date(year, 12, 18)
    made = Event.objects.create(**{"year": year, "starts_on": day, "ends_on": day} | fields)
    EventText.objects.create(event=made, language="ru", title="18 декабря", body="Приходите.")
    return made


def preview_link(target, by=None, days=7):
    return PreviewLink.objects.create(
        target=target,
        made_by=by or user("coordinator"),
        expires_at=timezone.now() + datetime.timedelta(days=days),
    )


IDENTITY = {"name": "Ахмедов Шерзод", "phones": "+998 90 123 45 67"}


def person(**fields):
    """`fields` are those of Person and of Identity."""
    known = {field.name for field in Identity._meta.fields}
    identity = IDENTITY | {name: value for name, value in fields.items() if name in known}
    facts = {name: value for name, value in fields.items() if name not in known}
    made = Person.objects.create(**facts)
    Identity.objects.create(person=made, **identity)
    return made


def employer(name="ТОО «Кірпіш»", **fields):
    return Employer.objects.create(name=name, **fields)


def intake(**fields):
    return Intake.objects.create(
        **{"reference": casework.new_reference(Intake, "R"), "channel": "online"}
        | {"story": "Не заплатили за два месяца.", "is_anonymous": True}
        | fields
    )


def case(lawyer=None, people=(), team=(), **fields):
    made = Case.objects.create(
        **{"reference": casework.new_reference(Case, "C"), "lawyer": lawyer or user("lawyer")}
        | fields
    )
    for someone in people:
        CasePerson.objects.create(case=made, person=someone)
    for colleague in team:
        CaseMember.objects.create(case=made, user=colleague)
    return made


def call(answered_by=None, **fields):
    return Call.objects.create(
        **{
            "answered_by": answered_by or user("operator"),
            "caller_name": "Гуля",
            "phone": "87011234567",
        }
        | fields
    )


def look(by, what, action=access_log.Action.VIEW):
    return access_log.record(action, by=by, what=what)
