"""Referrals: told with consent, word for word; answered by a link that dies when it should."""

import datetime
import re
import uuid

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from legalaid import referrals
from legalaid.models import Case, Referral
from sanasezim.shared import accounts, confirmed, jobs
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, Authenticator
from tests import make

pytestmark = pytest.mark.django_db

ASKED, TOLD = "Канареечный ночлег", "Канареечная история"
DAY = datetime.timedelta(days=1)
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def lawyer():
    return make.user("lawyer", language="en", first_name="Айгүл")


@pytest.fixture
def person():
    return make.person(
        name="Канарейкин Тест", phones="+77015550142", language="uz", birth_year=1995
    )


@pytest.fixture
def case(lawyer, person):
    return make.case(lawyer=lawyer, people=[person])


@pytest.fixture
def referral(case, person):
    return make.referral(case, person=person, what_for=ASKED, shared=TOLD, language="en")


@pytest.fixture
def signed_in(client, lawyer):
    client.force_login(lawyer)
    return client


def link(referral):
    return reverse("partner", args=[referrals.token_of(referral)])


def again(referral):
    return Referral.objects.with_links().get(pk=referral.pk)


def refused(words):
    return pytest.raises(ValidationError, match=words)


def given(case, **changes):
    return {
        **{"by": case.lawyer, "partner": make.taking_partner(), "what_for": ASKED, "shared": TOLD},
        **{"consent_on": TODAY(), "consent_how": "spoken"},
    } | changes


# To refer


def test_a_referral_is_the_partners_turn_and_reminds_when_its_link_is_over(case):
    referral = referrals.refer(case, **given(case, person=case.people.get()))

    case.refresh_from_db()
    assert case.turn == Case.Turn.OTHERS
    assert referral.turn == Case.Turn.OTHERS
    assert referral.expires_at - timezone.now() > 13 * DAY
    task = case.tasks.get()
    assert task.due_on >= TODAY() + 14 * DAY
    assert "Дом тепла" in task.what


def test_nothing_is_told_without_a_consent_of_today_or_before(case):
    with refused("still to come"):
        referrals.refer(case, **given(case, consent_on=TODAY() + DAY))
    for missing in [{"consent_how": ""}, {"consent_how": "somehow"}]:
        with refused("blank|valid choice|not one of"):
            referrals.refer(case, **given(case, **missing))
    with refused("consent_on|still to come|agreed on"):
        referrals.refer(case, **given(case, consent_on=None))

    assert not Referral.objects.exists()
    assert not case.tasks.exists()


@pytest.mark.parametrize("how", ["withdrawn", "erasure wished"])
def test_whoever_took_the_consent_back_is_not_referred(case, person, how):
    if how == "withdrawn":
        make.taken(
            case,
            person=person,
            is_anonymous=False,
            consent=make.consent(withdrawn_at=timezone.now()),
        )
    else:
        make.taken(case, person=person, erasure_wished_at=timezone.now())

    for about in [person, None]:
        with refused("taken the consent back"):
            referrals.refer(case, **given(case, person=about))


def test_what_else_is_refused(case, person):
    for words, changes in {
        "takes no referrals": {"partner": make.partner()},
        "not in the case": {"person": make.person()},
        "no longer with you": {"by": make.user("lawyer")},
    }.items():
        with refused(words):
            referrals.refer(case, **given(case, **changes))
    make.outcome(case)
    Case.objects.filter(pk=case.pk).update(closed_on=TODAY())
    with refused("closed"):
        referrals.refer(case, **given(case))


def test_the_same_press_twice_is_one(case):
    values = given(case, token=uuid.uuid4())

    assert referrals.refer(case, **values) == referrals.refer(case, **values)
    assert Referral.objects.count() == case.tasks.count() == 1


def test_the_database_has_no_secret_of_a_link(referral):
    token = referrals.token_of(referral)

    assert len(token) == 43
    assert token not in str(Referral.objects.filter(pk=referral.pk).values())
    assert referral.token_hash == referrals.hash_of(token)


# Whom to ask


def test_partners_are_found_by_what_they_take_and_speak():
    shelter, court = make.service_kind("shelter"), make.service_kind("court")
    fits = make.taking_partner("A", services=[shelter], languages=["uz"])
    other_language = make.taking_partner("B", services=[shelter], languages=["tg"])
    other_service = make.taking_partner("C", services=[court], languages=["uz"])
    unknown = make.partner(takes_referrals=True)
    make.partner()

    found = referrals.partners(shelter, "uz")

    assert [partner for partner, _desk, suits in found if suits] == [fits, unknown]
    assert {partner for partner, _desk, suits in found if not suits} == {
        *(other_language, other_service),
    }


def test_what_a_partner_takes_is_written_on_its_page(client):
    partner, shelter = make.partner(takes_referrals=True), make.service_kind("shelter")
    client.force_login(make.user("coordinator", language="en"))
    page = reverse("admin:shared_partner_change", args=[partner.pk])

    sent = {
        **{"code": partner.code, "order": 100, "takes_referrals": "on", "link": ""},
        **{"texts-TOTAL_FORMS": 0, "texts-INITIAL_FORMS": 0},
        **{"desk-TOTAL_FORMS": 1, "desk-INITIAL_FORMS": 0, "desk-0-services": [shelter.pk]},
        **{"desk-0-languages": ["uz", "tg"], "desk-0-email": "desk@example.org"},
        **{"desk-0-partner": partner.pk, "desk-0-how": "10–18"},
    }
    assert client.post(page, sent).status_code == 302

    partner.refresh_from_db()
    assert partner.desk.languages == ["uz", "tg"]
    assert list(partner.desk.services.all()) == [shelter]
    client.force_login(make.user("lawyer", language="en"))
    assert "desk@example.org" in client.get(page).content.decode()
    assert client.post(page, sent).status_code == 403


# The pages of staff


def form_of(case, partner, **changes):
    return {
        **{"token": str(uuid.uuid4()), "partner": partner.pk, "what_for": ASKED, "shared": TOLD},
        **{"consent_on": TODAY().isoformat(), "consent_how": "signed", "language": ""},
        **{"their_turn": "on", "remind": "on", "person": case.people.get().pk, "review": "1"},
    } | changes


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_what_is_told_is_shown_word_for_word_before_it_is_sent(signed_in, case, lawyer):
    partner = make.taking_partner(languages=["tg", "ru"])
    page = reverse("admin:legalaid_case_refer", args=[case.pk])

    review = signed_in.post(page, form_of(case, partner)).content.decode()

    assert ASKED in review
    assert TOLD in review
    assert not Referral.objects.exists()
    sent = signed_in.post(page, hidden(review) | {"send": "1"})
    referral = Referral.objects.get()
    assert sent["Location"] == reverse("admin:legalaid_referral_change", args=[referral.pk])
    assert (referral.shared, referral.language, referral.consent_how) == (TOLD, "tg", "signed")
    assert referral.person == case.people.get()
    shown = signed_in.get(sent["Location"]).content.decode()
    assert link(referral) in shown
    assert AccessEntry.objects.filter(
        action=Action.ADD, what="legalaid.referral", within_id=case.pk, who=lawyer
    ).exists()


def test_who_it_is_is_put_in_by_a_tick_and_written_down_as_a_look(signed_in, case):
    page = reverse("admin:legalaid_case_refer", args=[case.pk])
    partner = make.taking_partner(languages=["en"])

    sent = form_of(case, partner, facts=["name", "phones", "birth_year"])
    review = signed_in.post(page, sent).content.decode()

    assert "Full name: Канарейкин Тест" in review
    assert "+77015550142" in review.replace("&#x2B;", "+")
    assert "Year of birth: 1995" in review
    entry = AccessEntry.objects.get(action=Action.REVEAL)
    assert (entry.what, entry.why, entry.within_id) == ("legalaid.identity", "referral", case.pk)
    signed_in.post(page, hidden(review) | {"send": "1"})
    assert "Канарейкин Тест" in Referral.objects.get().shared


def test_who_it_is_asks_for_the_code_again(signed_in, case, lawyer, settings):
    Authenticator.objects.create(user=lawyer, name="", confirmed=True)
    settings.SECOND_FACTOR_REQUIRED = True
    session = signed_in.session
    session[accounts.BY_FACTOR] = True
    session.save()
    page = reverse("admin:legalaid_case_refer", args=[case.pk])

    asked = signed_in.post(page, form_of(case, make.taking_partner(), facts=["name"]))

    assert "again-code" in asked.content.decode()
    assert "Канарейкин" not in asked.content.decode()
    confirmed.confirm(session)
    session.save()
    sent = form_of(case, make.taking_partner(), facts=["name"])
    assert "Канарейкин" in signed_in.post(page, sent).content.decode()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"consent_on": ""}, "required"),
        ({"consent_how": ""}, "required"),
        ({"consent_on": "2999-01-01"}, "still to come"),
        ({"partner": ""}, "required"),
        ({"what_for": ""}, "required"),
        ({"facts": ["name"], "person": ""}, "Choose one person"),
        ({"shared": "x" * 2001}, "2000"),
    ],
)
def test_a_form_that_is_not_right_sends_nothing(signed_in, case, changes, why):
    page = reverse("admin:legalaid_case_refer", args=[case.pk])

    for button in ["review", "send"]:
        sent = form_of(case, make.taking_partner()) | changes | {button: "1"}
        answer = signed_in.post(page, sent)
        assert answer.status_code == 422
        assert why in answer.content.decode()

    assert not Referral.objects.exists()


def test_looking_through_the_partners_loses_nothing_that_was_typed(signed_in, case):
    page = reverse("admin:legalaid_case_refer", args=[case.pk])
    sent = form_of(case, make.taking_partner(), show="1", speaks="tg")

    shown = signed_in.post(page, sent).content.decode()

    assert ASKED in shown
    assert TOLD in shown
    assert "errornote" not in shown


def test_the_case_shows_its_referrals_and_whose_turn_it_is(signed_in, case, referral):
    screen = signed_in.get(reverse("admin:legalaid_case_change", args=[case.pk])).content.decode()

    assert "Дом тепла" in screen
    assert "sent, not read yet" in screen
    assert reverse("admin:legalaid_referral_change", args=[referral.pk]) in screen


def step(client, referral, name, **sent):
    return client.post(reverse(f"admin:legalaid_referral_{name}", args=[referral.pk]), sent)


def test_a_link_is_renewed_revoked_and_made_anew(signed_in, client, referral):
    first = link(referral)
    Referral.objects.update(expires_at=timezone.now() - DAY)
    assert client.get(first).status_code == 404

    step(signed_in, referral, "renew")
    assert client.get(first).status_code == 200
    step(signed_in, referral, "revoke")
    assert client.get(first).status_code == 404
    step(signed_in, referral, "renew")
    assert client.get(first).status_code == 404
    step(signed_in, referral, "new_link")
    assert client.get(first).status_code == 404
    assert client.get(link(again(referral))).status_code == 200
    assert AccessEntry.objects.filter(action=Action.CHANGE, what_id=referral.pk).count() == 3


def test_the_mail_carries_the_link_and_nobody(signed_in, case, person):
    partner = make.taking_partner(email="desk@example.org")
    referral = make.referral(case, partner=partner, person=person, what_for=ASKED, shared=TOLD)

    step(signed_in, referral, "mail")
    assert not mail.outbox
    while jobs.run_one():
        pass

    letter = mail.outbox[0].message().as_string() + mail.outbox[0].body + mail.outbox[0].subject
    assert mail.outbox[0].to == ["desk@example.org"]
    assert link(referral) in letter
    for secret in [ASKED, TOLD, "Канарейкин", "5550142", case.reference]:
        assert secret not in letter
    assert again(referral).mailed_at


def test_a_revoked_link_is_not_mailed_any_more(signed_in, case):
    referral = make.referral(case, partner=make.taking_partner(email="desk@example.org"))
    step(signed_in, referral, "mail")
    referrals.revoke(referral, by=case.lawyer)

    while jobs.run_one():
        pass

    assert not mail.outbox


def test_what_the_partner_said_by_phone_is_written_down(signed_in, case, referral):
    answer = step(signed_in, referral, "note", answer="accepted", words="Ждём", reached="helped")

    assert answer.status_code == 302
    held = again(referral)
    assert (held.answer, held.answer_words, held.reached) == ("accepted", "Ждём", "helped")
    case.refresh_from_db()
    assert case.turn == Case.Turn.OURS
    assert step(signed_in, referral, "note").status_code == 422


# The page of the partner


def test_the_page_shows_what_was_told_after_a_press_and_nothing_else(client, case, referral):
    make.note(case, text="Тайная заметка")
    make.taken(case, story="Тайная история", speaker_name="Тайное имя")

    first = client.get(link(referral))
    read = client.post(link(referral), {"step": "read"})

    assert ASKED not in first.content.decode()
    assert TOLD not in first.content.decode()
    assert ASKED in read.content.decode()
    assert TOLD in read.content.decode()
    for page in [first.content.decode(), read.content.decode()]:
        for secret in ["Тайн", "Канарейкин", case.reference, "5550142", "Айгүл"]:
            assert secret not in page
    assert again(referral).opened_at
    entry = AccessEntry.objects.get(what="legalaid.referral", action=Action.VIEW)
    assert (entry.who, entry.within_id) == (None, case.pk)


def test_the_page_leaves_nothing_behind(client, referral):
    for answer in [client.get(link(referral)), client.post(link(referral), {"step": "read"})]:
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert not answer.cookies
        assert not client.session.keys()
        title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)[1]
        assert title == "A request – Sana Sezim"
        assert "og:" not in answer.content.decode()


def test_the_partner_chooses_its_language(client, referral):
    assert 'lang="en"' in client.get(link(referral)).content.decode()
    for code in ["ru", "uz", "tg"]:
        answer = client.get(link(referral), {"lang": code})
        assert answer["Content-Language"].startswith(code)
        assert f"?lang={code}" in answer.content.decode()
    assert client.get(link(referral), {"lang": "xx"}).status_code == 200


def test_yes_and_later_what_came_of_it(client, case, referral):
    yes = {"step": "answer", "answer-answer": "accepted", "answer-words": "Пусть придёт в 10"}
    accepted = client.post(link(referral), yes)
    case.refresh_from_db()
    assert "Thank you for taking it on" in accepted.content.decode()
    assert case.turn == Case.Turn.OTHERS

    reported = client.post(
        link(referral),
        {"step": "report", "report-reached": "helped", "report-result": "Жил у нас неделю"},
    )
    assert "Thank you" in reported.content.decode()
    case.refresh_from_db()
    held = again(referral)
    assert case.turn == held.turn == Case.Turn.OURS
    assert (held.answer, held.answer_words) == ("accepted", "Пусть придёт в 10")
    assert (held.reached, held.result) == ("helped", "Жил у нас неделю")
    changes = AccessEntry.objects.filter(action=Action.CHANGE, what_id=referral.pk, who=None)
    assert changes.count() == 2


def test_no_hides_the_request_and_makes_it_our_turn(client, case, referral):
    no = {"step": "answer", "answer-answer": "declined", "answer-words": "Нет мест"}

    answer = client.post(link(referral), no)

    assert "Thank you for your answer" in answer.content.decode()
    case.refresh_from_db()
    assert case.turn == again(referral).turn == Case.Turn.OURS
    for page in [client.get(link(referral)), client.post(link(referral), {"step": "read"})]:
        assert TOLD not in page.content.decode()
    changed = client.post(link(referral), no | {"answer-answer": "accepted"})
    assert changed.status_code == 422
    assert again(referral).answer == "declined"


def test_a_partner_that_took_it_on_may_say_no_after_all(client, case, referral):
    client.post(link(referral), {"step": "answer", "answer-answer": "accepted"})

    client.post(link(referral), {"step": "answer", "answer-answer": "declined"})

    assert again(referral).answer == "declined"


def test_the_same_answer_twice_is_one(client, referral):
    yes = {"step": "answer", "answer-answer": "accepted"}
    client.post(link(referral), yes)
    first = again(referral).answered_at

    assert client.post(link(referral), yes).status_code == 200
    assert again(referral).answered_at == first


@pytest.mark.parametrize(
    "sent",
    [
        {"step": "answer"},
        {"step": "answer", "answer-answer": "perhaps"},
        {"step": "answer", "answer-answer": "accepted", "answer-words": "x" * 1001},
        {"step": "report", "report-reached": "helped"},
        {"step": "report"},
    ],
)
def test_an_answer_that_is_none_is_told_and_changes_nothing(client, referral, sent):
    answer = client.post(link(referral), sent)

    assert answer.status_code == 422
    assert not again(referral).answer
    assert not again(referral).reported_at


def test_a_link_that_works_no_more_is_answered_like_one_that_never_was(
    client, case, person, referral
):
    never = client.get(reverse("partner", args=["a" * 43]))
    ways = {
        "over": {"expires_at": timezone.now()},
        "revoked": {"revoked_at": timezone.now()},
        "taken back": {"consent_withdrawn_at": timezone.now()},
        "erased": {"token_hash": "erased 1"},
    }
    for way, change in ways.items():
        with transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**change)
            for ask in [client.get, client.post]:
                answer = ask(link(referral), {"step": "read"} if ask == client.post else None)
                assert answer.status_code == never.status_code == 404, way
            shown = client.get(link(referral))
            assert shown.content == never.content
            assert dict(shown.headers) == dict(never.headers)
            transaction.set_rollback(True)


@pytest.mark.parametrize("whose", ["theirs", "somebody's unnamed", "another's"])
def test_a_consent_that_is_taken_back_on_the_portal_ends_the_link(
    client, case, person, referral, whose
):
    other = make.person()
    make.CasePerson.objects.create(case=case, person=other)
    about = {"theirs": person, "somebody's unnamed": None, "another's": other}[whose]
    intake = make.taken(case, person=about, is_anonymous=False, consent=make.consent())
    assert client.get(link(referral)).status_code == 200

    from legalaid import coming_back

    coming_back.withdraw_consent(intake)

    expected = 200 if whose == "another's" else 404
    assert client.get(link(referral)).status_code == expected
    of_all = make.referral(make.case(lawyer=case.lawyer))
    assert client.get(link(of_all)).status_code == 200


def test_a_referral_of_all_ends_when_one_of_them_takes_the_consent_back(client, case):
    referral = make.referral(case)
    intake = make.taken(case, person=case.people.get())
    assert client.get(link(referral)).status_code == 200

    intake.erasure_wished_at = timezone.now()
    intake.save()

    assert client.get(link(referral)).status_code == 404


def test_an_answer_that_comes_as_the_link_dies_is_not_taken(client, referral):
    held = Referral.objects.get(pk=referral.pk)
    referrals.revoke(referral, by=referral.case.lawyer)

    assert referrals.answer(held, answer="accepted") is None
    assert referrals.report(held, reached="helped") is None
    assert not again(referral).answer


def test_guessing_is_slowed_and_the_true_link_opens_again(client, referral, settings):
    for number in range(referrals.TRIES[0] + 5):
        assert client.get(reverse("partner", args=[f"guess-{number}"])).status_code == 404

    assert client.get(link(referral)).status_code == 404, "one answer for all"
    elsewhere = client.get(link(referral), REMOTE_ADDR="10.1.1.1")
    assert elsewhere.status_code == 200


def test_a_flood_of_answers_is_not_taken(client, referral):
    for number in range(referrals.ANSWERS[0] + 3):
        sent = {"step": "answer", "answer-answer": "accepted", "answer-words": f"Слово {number}"}
        last = client.post(link(referral), sent)

    assert last.status_code == 422
    assert "Wait an hour" in last.content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client, referral, method):
    assert getattr(client, method)(link(referral)).status_code == 405


# Who


@pytest.mark.parametrize(
    "role", ["lawyer", "specialist", "operator", "coordinator", "administrator"]
)
def test_nobody_else_learns_of_a_referral(client, case, referral, role):
    client.force_login(make.user(role, language="en"))
    secrets = [ASKED, TOLD, case.reference, referrals.token_of(referral), "Дом тепла"]

    pages = [
        reverse("admin:legalaid_referral_change", args=[referral.pk]),
        reverse("admin:legalaid_referral_history", args=[referral.pk]),
        reverse("admin:legalaid_referral_changelist"),
        reverse("admin:legalaid_case_refer", args=[case.pk]),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in {200, 302, 403}
        assert not [secret for secret in secrets if secret in answer.content.decode()], page
    for name in ["mail", "renew", "new_link", "revoke", "consent_back", "note"]:
        assert step(client, referral, name, answer="accepted").status_code in {302, 403}
    client.post(pages[-1], form_of(case, make.taking_partner()) | {"send": "1"})

    held = again(referral)
    assert (held.link_number, held.revoked_at, held.answer) == (1, None, "")
    assert Referral.objects.count() == 1


def test_whom_a_case_is_offered_reads_and_changes_nothing(client, case, referral):
    colleague = make.user("lawyer", language="en")
    case.transfer_to = colleague
    case.save()
    client.force_login(colleague)

    page = client.get(reverse("admin:legalaid_referral_change", args=[referral.pk]))

    assert TOLD in page.content.decode()
    assert referrals.token_of(referral) not in page.content.decode()
    assert step(client, referral, "revoke").status_code == 403
    assert client.get(reverse("admin:legalaid_case_refer", args=[case.pk])).status_code == 403


def test_the_report_needs_a_yes_in_the_database_too(referral):
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(reached="helped", reported_at=timezone.now())
