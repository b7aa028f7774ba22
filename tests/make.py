"""One plain function per model: makes a valid row, whatever the test does not care about."""

import datetime
import functools
import io
import itertools

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from events.models import Event, EventText
from hotline import ringing_back
from hotline.models import (
    Call,
    Callback,
    CallbackSlot,
    CallerFlag,
    CallScript,
    CallScriptText,
    HandOver,
    QualityNote,
    Shift,
)
from legalaid import casework, papers, referrals
from legalaid.models import (
    Case,
    CaseMember,
    CasePerson,
    Claim,
    Consent,
    ConsentText,
    DeadlineRule,
    DisposalBatch,
    Document,
    Employer,
    Identity,
    Intake,
    LetterTemplate,
    LetterTemplateText,
    Message,
    Note,
    Outcome,
    Person,
    Referral,
    ReferralDesk,
    Service,
    ServiceKind,
    ServiceKindText,
    Task,
    UrgencyRule,
)
from resources import publishing
from resources.models import Edition, Handout, LibraryFile, Publication, Topic, TopicText
from sanasezim.shared import access_log, confirmed
from sanasezim.shared.models import (
    Fact,
    FactText,
    Line,
    LineHours,
    Office,
    Outreach,
    Page,
    PageText,
    Partner,
    PartnerText,
    PreviewLink,
    Project,
    User,
)

_numbers = itertools.count(100)


@functools.cache
def _hashed():
    """Hashing takes its time on purpose: everybody has the same password, hashed once."""
    return make_password("long-enough-1")


def user(role=None, **fields):
    number = next(_numbers)
    made = User.objects.create(
        username=f"{role or 'nobody'}{number}", password=_hashed(), is_staff=True, **fields
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


def outreach(**fields):
    fields["recorded_by"] = fields.get("recorded_by") or user("coordinator")
    return Outreach.objects.create(
        **{"kind": "mobile_consultation", "place": "Сарыағаш, базар", "people": 20} | fields
    )


def event(year=2031, **fields):
    day = datetime.date(year, 12, 18)
    made = Event.objects.create(**{"year": year, "starts_on": day, "ends_on": day} | fields)
    EventText.objects.create(
        event=made, language="ru", title="18 декабря", body="Приходите.", publish_at=made.publish_at
    )
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


def unsaved_callback(**fields):
    return Callback(**{"phone": f"+7701{next(_numbers):07}", "source": "web"} | fields)


def callback(**fields):
    """One that is promised as soon as somebody is free, unless said otherwise."""
    made = ringing_back.take_in(unsaved_callback())
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def callback_slot(begins="00:00", ends="00:00", **fields):
    return CallbackSlot.objects.create(
        **{"weekdays": list(range(7)), "begins": begins, "ends": ends, "capacity": 50}
        | {"valid_from": "2026-01-01"}
        | fields
    )


def shift(who=None, begins=None, hours=8, **fields):
    """One that began an hour ago, unless said otherwise."""
    begins = begins or timezone.now() - datetime.timedelta(hours=1)
    return Shift.objects.create(
        who=who or user("operator"),
        line=fields.pop("line", None) or line(phone=f"+7727{next(_numbers):07}"),
        starts_at=begins,
        ends_at=begins + datetime.timedelta(hours=hours),
        **fields,
    )


def caller_flag(phone="+77015550142", **fields):
    given = {"reason": "abuse", "set_by": None} | fields
    given["set_by"] = given["set_by"] or user("operator")
    return CallerFlag.objects.create(phone=phone, **given)


def quality_note(of=None, **fields):
    return QualityNote.objects.create(call=of or call(), **fields)


def hand_over(call_=None, colleague="lawyer", **fields):
    given = call_ or call()
    return HandOver.objects.create(
        call=given, colleague=colleague, **{"given_by": given.answered_by} | fields
    )


def call_script(code="hello", when="always", **texts):
    made = CallScript.objects.create(code=code, when=when)
    for language, body in (texts or {"ru": "Вы в безопасности?"}).items():
        CallScriptText.objects.create(script=made, language=language, title=code, body=body)
    return made


def look(by, what, action=access_log.Action.VIEW):
    return access_log.record(action, by=by, what=what)


# Casework


def taken(case, **fields):
    """An intake that was accepted into this case."""
    made = intake(**fields)
    Intake.objects.filter(pk=made.pk).update(
        decided_at=timezone.now(), decided_by=case.lawyer, decision="accepted", case=case
    )
    made.refresh_from_db()
    return made


def message(intake, text="Когда будет ответ?", by=None, **fields):
    """One of the person, or of a colleague."""
    return Message.objects.create(intake=intake, text=text, written_by=by, **fields)


def note(case, by=None, text="Позвонить инспектору.", **fields):
    return Note.objects.create(case=case, text=text, written_by=by or case.lawyer, **fields)


def deadline_rule(code="appeal", **fields):
    return DeadlineRule.objects.create(
        **{"code": code, "name": "Подать жалобу", "event": "вручение решения"}
        | {"length": 10, "unit": "days", "days_before": 3}
        | fields
    )


def task(case, by=None, **fields):
    today = timezone.localdate()
    return Task.objects.create(
        **{"case": case, "what": "Написать запрос", "assigned_to": by or case.lawyer}
        | {"due_on": today + datetime.timedelta(days=7)}
        | fields
    )


def term(case, rule=None, **fields):
    """A task that comes from a rule of law."""
    today = timezone.localdate()
    rule = rule or deadline_rule(code=f"rule-{next(_numbers)}")
    return task(case, **{"rule": rule, "event_on": today, "what": rule.name} | fields)


def service_kind(code="consultation", **names):
    made, _is_new = ServiceKind.objects.get_or_create(code=code)
    for language, name in (names or {"ru": "Консультация"}).items():
        ServiceKindText.objects.get_or_create(kind=made, language=language, name=name)
    return made


def service(case, **fields):
    return Service.objects.create(
        **{"case": case, "kind": fields.pop("kind", None) or service_kind()}
        | {"given_by": case.lawyer}
        | fields
    )


def claim(case, **fields):
    return Claim.objects.create(**{"case": case, "owed": 200_000} | fields)


def disposal(kind="declined", *records):
    """An unchecked list of these records."""
    made = DisposalBatch.objects.create(kind=kind)
    for record in records:
        made.items.create(what=record._meta.label_lower, what_id=record.pk)
    return made


def outcome(case, kind="advised", **fields):
    return Outcome.objects.create(case=case, kind=kind, **fields)


def letter(code="received", **texts):
    made = LetterTemplate.objects.create(code=code)
    for language, body in (texts or {"ru": "Здравствуйте! Мы получили ваше письмо."}).items():
        LetterTemplateText.objects.create(letter=made, language=language, title=code, body=body)
    return made


def urgency_rule(code="rule", topics=(), **fields):
    made = UrgencyRule.objects.create(**{"code": code, "name": code} | fields)
    made.topics.set(topics)
    return made


# Files and partners


def photo(color="white", **options):
    """The bytes of a small photo, as a phone makes it."""
    made = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(made, "JPEG", **options)
    return made.getvalue()


def upload(content=None, name="photo.jpg"):
    return SimpleUploadedFile(name, content if content is not None else photo())


def document(owner=None, by=None, content=None, title="Трудовой договор", **fields):
    """A checked file of a case or an intake, with its sealed files."""
    owner = owner or case()
    place = {"case": owner} if isinstance(owner, Case) else {"intake": owner}
    # Far apart: colours near each other make the same JPEG, and so the same file.
    content = content or photo(f"#{next(_numbers) * 1_000_003 % 0xFFFFFF:06x}")
    made = papers.take_in_file(upload(content), by=by, **place)
    Document.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    made.title = title
    made.save(update_fields=["title"])
    return made


def taking_partner(name="Дом тепла", services=(), languages=(), email="", **fields):
    """A partner that takes referrals, with what is known of what it takes."""
    made = partner(takes_referrals=True, **fields)
    PartnerText.objects.create(partner=made, language="ru", name=name)
    desk = ReferralDesk.objects.create(partner=made, languages=list(languages), email=email)
    desk.services.set(services)
    return made


def referral(case, **fields):
    """One that was sent, its link open."""
    given = {"by": case.lawyer, "partner": None, "what_for": "Ночлег на неделю."}
    given |= {"shared": "Мужчина, 30 лет.", "consent_on": timezone.localdate()}
    given |= {"consent_how": "spoken", "remind": False, "person": None, "their_turn": True}
    steps = {name: fields.pop(name) for name in [*given, "language"] if name in fields}
    given |= steps
    given["partner"] = given["partner"] or taking_partner()
    made = referrals.refer(case, **given)
    Referral.objects.filter(pk=made.pk).update(**fields)
    return Referral.objects.get(pk=made.pk)


def consent(**fields):
    text, _is_new = ConsentText.objects.get_or_create(
        version=1, language="ru", defaults={"body": "Я согласен."}
    )
    yesterday = timezone.now() - datetime.timedelta(days=1)
    given = {"text": text, "how": "ticked", "given_at": yesterday}
    return Consent.objects.create(**given | fields)
