import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from resources import library, publishing
from resources.models import DownloadCount, Edition, Publication
from sanasezim.shared.languages import CODES
from tests import make

pytestmark = pytest.mark.django_db


def test_a_list_takes_few_queries_and_not_more_with_more_in_it(
    client, demo, settings, django_assert_max_num_queries
):
    client.get("/ru/library/")  # what is kept until content changes
    settings.CONTENT_STAMP_SECONDS = 60
    with django_assert_max_num_queries(4):
        client.get("/ru/library/?page=2")


def test_a_publication_takes_few_queries(client, demo, settings, django_assert_max_num_queries):
    client.get("/ru/library/school-for-children/")
    settings.CONTENT_STAMP_SECONDS = 60
    with django_assert_max_num_queries(3):
        client.get("/ru/library/they-did-not-pay-me/")


def test_a_search_takes_few_queries(client, demo, settings, django_assert_max_num_queries):
    client.get("/ru/library/?q=зарплата")
    settings.CONTENT_STAMP_SECONDS = 60
    with django_assert_max_num_queries(4):
        client.get("/ru/library/?q=зарплаты")


def test_the_words_that_were_asked_for_are_marked_and_nothing_else_is_html(client):
    make.version(title="Паспорт <b>& виза</b>", body="Возьмите паспорт & <i>копию</i>.")

    page = client.get("/ru/library/?q=паспорт").content.decode()

    assert "<mark>Паспорт</mark> &lt;b&gt;&amp; виза&lt;/b&gt;</a>" in page
    assert "Возьмите <mark>паспорт</mark> &amp; &lt;i&gt;копию&lt;/i&gt;." in page


def test_the_page_lists_the_versions_that_were_public_before(
    client, coordinator, django_assert_num_queries
):
    version = make.version("kk")
    edition, address = version.edition, f"/ru/library/{version.edition.publication.slug}/"
    assert "Прежние версии" not in client.get(address).content.decode()
    publishing.publish(edition, by=coordinator, change_note="Мерзім 5 күн болды.")
    publishing.publish(edition, by=coordinator, change_note="Жаңа телефон.")
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    publishing.publish(edition, by=coordinator, at=tomorrow, change_note="Ертең.")

    reading = library.reading(edition.publication, "kk")
    with django_assert_num_queries(1):
        earlier = list(reading.earlier)
    page = client.get(address).content.decode()

    assert [old.number for old in earlier] == [2, 1]
    assert page.index("Версия 2:") < page.index("Версия 1:")
    assert '<span lang="kk">Мерзім 5 күн болды.</span>' in page
    assert "Ертең." not in page


def test_a_version_public_from_midnight_in_almaty_names_that_day(client):
    midnight = datetime.datetime(2026, 3, 1, 0, 30, tzinfo=ZoneInfo("Asia/Almaty"))
    version = make.version(at=midnight)

    page = client.get(f"/en/library/{version.edition.publication.slug}/").content.decode()

    assert "1\u00a0March\u00a02026" in page


def test_the_page_says_for_whom_and_when_it_is(client):
    publication = make.publication(audiences=["employer", "family"], stages=["before"])
    make.version(publication=publication)

    page = client.get(f"/en/library/{publication.slug}/").content.decode()

    assert "<dt>For whom</dt><dd>Employer · Family</dd>" in page
    assert "<dt>When it is useful</dt><dd>Before leaving</dd>" in page


def test_a_text_that_is_missing_is_shown_in_the_next_best_language_and_says_so(client, demo):
    page = client.get("/ky/library/migrants-and-their-rights/").content.decode()

    assert "Мигранты и их права" in page
    assert "орус тилинде" in page
    assert '<article class="prose" lang="ru">' in page


def test_the_expired_publication_points_to_the_one_that_replaced_it(client, demo):
    page = client.get("/ru/library/kyrgyz-five-days-2012/").content.decode()

    assert "/ru/library/kyrgyz-citizens-work/" in page
    assert "больше не верен" in page
    assert "kyrgyz-five-days" not in client.get("/ru/library/?citizenship=KG").content.decode()


def test_a_withdrawn_publication_keeps_its_page_and_its_file_says_so(client, coordinator):
    version = make.version(file=make.library_file())
    publishing.withdraw(version.edition, by=coordinator, reason="Закон изменился.")

    Edition.objects.filter(pk=version.edition.pk).update(title="Новый черновик")

    for part in ["", "print/"]:
        page = client.get(f"/kk/library/{version.edition.publication.slug}/{part}")
        assert page.status_code == 200
        assert '<h1 lang="ru">Не заплатили</h1>' in page.content.decode()
        assert "Закон изменился." in page.content.decode()
    answer = client.get(version.file_url)
    assert answer.status_code == 410


def test_a_reason_of_a_withdrawal_is_told_in_the_language_of_the_reader(client, coordinator):
    publication = make.publication()
    for language, reason in [("ru", "Закон изменился."), ("kk", "Заң өзгерді.")]:
        edition = make.version(language, publication=publication).edition
        publishing.withdraw(edition, by=coordinator, reason=reason)

    page = client.get(f"/kk/library/{publication.slug}/").content.decode()

    assert '<p lang="kk">Заң өзгерді.</p>' in page
    assert "Закон изменился." not in page


def test_a_draft_is_nowhere(client):
    edition = make.edition()
    slug = edition.publication.slug

    assert client.get(f"/ru/library/{slug}/").status_code == 404
    assert slug not in client.get("/ru/library/").content.decode()
    assert slug not in client.get("/sitemap.xml").content.decode()
    assert slug not in client.get("/ru/library/feed/").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"citizenship": "KG"}, {"kyrgyz-citizens-work"}),
        ({"topic": "children"}, {"birth-certificate", "school-for-children"}),
        ({"kind": "poster"}, {"suspicious-job-advert"}),
        ({"language": "ky", "topic": "work-permit"}, {"kyrgyz-citizens-work"}),
    ],
)
def test_filters_keep_what_they_name(demo, query, expected):
    shown = set(
        library.Filters(**query).narrow(Publication.objects.listed()).values_list("slug", flat=True)
    )

    assert expected <= shown
    assert library.count(library.Filters(**query)) == len(shown)


def test_the_count_beside_a_choice_is_what_choosing_it_gives(demo):
    for name, choices in library.counts(library.Filters()).items():
        for value, number in choices.items():
            if number:
                assert library.count(library.Filters(**{name: value})) == number, (name, value)


@pytest.mark.parametrize(
    "query",
    ["topic=%00", "topic=nope", "page=-1", "page=99999999999", "page=x", "sort=%27", "kind[]=1"],
)
def test_a_query_that_makes_no_sense_is_left_aside(client, demo, query):
    assert client.get(f"/ru/library/?{query}").status_code == 200


def test_titles_sort_in_the_order_of_the_alphabet(demo):
    for title in ["Ещё", "Ёлка", "Әке", "Ата", "Бала"]:
        make.version(title=title)

    titles = [
        card.version.title
        for card in library.finished_cards(library.shelf(library.Filters(), "title", 1, most=90))
    ]

    own = [title for title in titles if title in {"Ещё", "Ёлка", "Әке", "Ата", "Бала"}]
    assert own == ["Ата", "Әке", "Бала", "Ещё", "Ёлка"]


def test_a_code_leads_to_the_publication_in_the_language_of_the_reader(client, demo):
    answer = client.get("/k/к12", headers={"accept-language": "uz-Cyrl-UZ"})

    assert answer.headers["Location"] == "/uz-cyrl/library/court-ordered-removal/"
    assert "Accept-Language" in answer.headers["Vary"]
    assert client.get("/k/K-999").status_code == 404


def test_a_file_is_counted_once_per_download_and_not_for_its_parts(client):
    version = make.version(file=make.library_file(b"0123456789"))
    address = version.file_url

    whole = client.get(address)
    rest = client.get(address, headers={"range": "bytes=4-"})

    assert b"".join(whole) == b"0123456789"
    assert (rest.status_code, b"".join(rest)) == (206, b"456789")
    assert address.endswith(f"{version.edition.publication.slug}-ru-v1.pdf")
    assert DownloadCount.objects.get(edition=version.edition).count == 1


def test_the_file_of_an_old_version_stays_at_its_address(client, coordinator):
    version = make.version(file=make.library_file(b"old"))
    version.edition.file = make.library_file(b"new")
    version.edition.save()
    publishing.publish(version.edition, by=coordinator, change_note="Новый файл.")

    assert b"".join(client.get(version.file_url)) == b"old"
    assert b"".join(client.get(version.file_url.replace("-v1", "-v2"))) == b"new"
    assert client.get(version.file_url.replace("-v1", "-v3")).status_code == 404


@pytest.mark.parametrize("page", ["", "print/", "share.html"])
def test_every_form_of_a_text_says_when_the_lawyer_checked_it(client, page):
    checked = make.version(
        law_as_of=datetime.date(2026, 1, 1),
        reviewed_on=datetime.date(2026, 2, 3),
        reviewed_by="A. Seitova",
    ).edition.publication
    unchecked = make.version().edition.publication

    shown = client.get(f"/en/library/{checked.slug}/{page}").content.decode()
    assert "<dt>Law as of</dt><dd>1\u00a0January\u00a02026</dd>" in shown
    assert "<dt>Checked by the lawyer</dt><dd>3\u00a0February\u00a02026, A. Seitova</dd>" in shown
    shown = client.get(f"/en/library/{unchecked.slug}/{page}").content.decode()
    assert "Law as of" not in shown
    assert "not yet: check with the lawyer" in shown


def test_the_file_to_forward_carries_everything_in_itself(client, demo):
    for language in CODES:
        answer = client.get(f"/{language}/library/they-did-not-pay-me/share.html")
        page = answer.content.decode()

        assert len(answer.content) < 150_000
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "src=" not in page and "<link" not in page and "<script" not in page
        assert "<style>" in page and "<svg" in page


def test_a_changed_fact_is_right_in_every_booklet_at_once(client):
    fact = make.fact("days-to-tell", ru="5 рабочих дней")
    version = make.version(body="Сообщите за [[days-to-tell]].")
    address = f"/ru/library/{version.edition.publication.slug}/"
    assert "5 рабочих дней" in client.get(address).content.decode()

    text = fact.texts.get()
    text.value = "7 рабочих дней"
    text.save()

    assert "7 рабочих дней" in client.get(address).content.decode()


def test_a_preview_link_shows_a_draft_until_it_is_revoked(client, coordinator):
    from django.contrib.contenttypes.models import ContentType

    from sanasezim.shared.models import PreviewLink

    edition = make.edition(title="Секретный черновик")
    link = PreviewLink.objects.create(
        target_type=ContentType.objects.get_for_model(Edition),
        target_id=edition.pk,
        made_by=coordinator,
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )

    answer = client.get(link.get_absolute_url())
    assert "Секретный черновик" in answer.content.decode()
    assert f"/k/{edition.publication.code}</span>" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert client.get(f"/preview/{link.pk}:forged/").status_code == 404
    link.revoked_at = timezone.now()
    link.save()
    assert client.get(link.get_absolute_url()).status_code == 404


def test_the_feed_and_the_sitemap_name_what_is_public(client, demo):
    feed = client.get("/tg/library/feed/").content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()

    assert "/tg/library/they-did-not-pay-me/" in feed
    assert "/uz-cyrl/library/they-did-not-pay-me/" in sitemap
    assert "/kk/library/kyrgyz-citizens-work/" not in sitemap, "it does not exist in Kazakh"
