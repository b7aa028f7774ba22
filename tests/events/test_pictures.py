"""Photos, films and logos come in without what tells place and camera, and go when they are removed."""

from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from events import publishing
from events.models import Event, Photo, PhotoText, Video
from sanasezim.demo_events import EVENTS
from tests import make

pytestmark = pytest.mark.django_db


def stored(settings):
    folder = settings.MEDIA_ROOT / "events"
    return sorted(folder.iterdir()) if folder.exists() else []


def fetched(client, address, **options):
    """(answer, its bytes), the file behind it closed. Closing the answer would close the database, too."""
    answer = client.get(address, **options)
    content = b"".join(answer.streaming_content)
    for close in answer._resource_closers:
        close()
    return answer, content


def with_place(size=(1200, 900)):
    """A photo as a phone makes it: it says where, with what and when."""
    exif = Image.Exif()
    exif[271], exif[306] = "Telephone", "2026:12:18 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 18.0, 0.0), 3: "E", 4: (69.0, 35.0, 0.0)})
    made = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(made, "JPEG", quality=90, exif=exif)
    assert b"Telephone" in made.getvalue()
    return made.getvalue()


def test_a_photo_loses_its_place_in_the_original_too_and_gets_three_sizes(
    client, coordinator, settings
):
    event = make.event()
    client.force_login(coordinator)
    address = reverse("admin:events_event_photos_add", args=[event.pk])

    refused = client.post(address, {"file": make.upload(b"no photo")})
    assert refused.status_code == 422
    assert not Photo.objects.exists()
    # Several at once; one that is no photo does not keep the others out, and is named.
    files = [make.upload(with_place()), make.upload(b"no photo"), make.upload(with_place())]
    answer = client.post(address, {"file": files}, follow=True)
    assert "hoto.jpg:" in answer.content.decode()
    photo, other = Photo.objects.all()
    assert not Photo.objects.public().exists()

    # Each gets its words and the answer about its people; what is left empty waits.
    sent = {
        "photo": [photo.pk, other.pk],
        f"photo{photo.pk}-alt": "Люди за столом",
        **{
            f"facts{one.pk}-seen": facts["seen"].value()
            for one, _words, facts in answer.context["rows"]
        },
        f"facts{photo.pk}-consent": "given",
    }
    describe = reverse("admin:events_event_photos_describe", args=[event.pk])
    wrong = client.post(describe, sent | {f"photo{other.pk}-caption": "Без описания"})
    assert wrong.status_code == 422
    assert "Без описания" in wrong.content.decode()
    assert client.post(describe, sent).status_code == 302
    assert list(Photo.objects.public()) == [photo]
    assert list(event.photos.undescribed("ru")) == [other]
    assert len(stored(settings)) == 8
    for path in stored(settings):
        with Image.open(path) as picture:
            assert not picture.getexif()
        assert b"Telephone" not in path.read_bytes()
        assert b"Exif" not in path.read_bytes()
    for name, (side, most) in Photo.SIZES.items():
        file = getattr(photo, name)
        with Image.open(file.path) as picture:
            assert picture.size == getattr(photo, f"{name}_size")
            assert max(picture.size) <= side
        assert file.size <= most
    answer, content = fetched(client, photo.medium_url)
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert content == Path(photo.medium.path).read_bytes()


def test_a_photo_that_is_removed_leaves_the_disk(
    client, coordinator, settings, django_capture_on_commit_callbacks
):
    event = make.event()
    client.force_login(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("admin:events_event_photos_add", args=[event.pk]),
            {"file": make.upload(with_place((300, 200)))},
        )
    photo = Photo.objects.get()
    PhotoText.objects.create(photo=photo, language="ru", alt="Стол")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:events_event_photos_remove", args=[event.pk, photo.pk]))

    assert not PhotoText.objects.exists()
    assert stored(settings) == []


def test_a_film_loses_what_its_maker_wrote_into_it_and_nothing_else(client, coordinator):
    film = (EVENTS / "2020" / "film.mp4").read_bytes()
    assert b"Lavf" in film  # where a phone writes its place
    event = make.event()
    client.force_login(coordinator)
    address = reverse("admin:events_event_videos_add", args=[event.pk])

    both = {"file": make.upload(film, "film.mp4"), "link": "https://example.org/"}
    assert client.post(address, both | {"words-title": "Фильм"}).status_code == 422
    sent = {"file": make.upload(film, "film.mp4"), "words-title": "Фильм", "consent": "nobody"}
    assert client.post(address, sent).status_code == 302

    video = Video.objects.get()
    kept = Path(video.file.path).read_bytes()
    assert (video.seconds, video.size) == (12, len(film))
    assert b"Lavf" not in kept
    assert film[film.index(b"mdat") :] == kept[kept.index(b"mdat") :]
    part, content = fetched(client, video.file_url, headers={"range": "bytes=0-99"})
    assert (part.status_code, content) == (206, kept[:100])


@pytest.mark.parametrize(
    "content",
    [b"", b"not a film", b"\x00\x00\x00\x18ftypisom" + bytes(12), make.photo()],
    ids=["empty", "text", "cut off", "photo"],
)
def test_what_is_no_film_is_refused_with_a_word(client, coordinator, settings, content):
    event = make.event()
    client.force_login(coordinator)

    answer = client.post(
        reverse("admin:events_event_videos_add", args=[event.pk]),
        {"file": make.upload(content, "film.mp4"), "words-title": "Фильм"},
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert "Фильм" in answer.content.decode()
    assert not Video.objects.exists()
    assert stored(settings) == []


def test_a_partner_gets_a_small_logo_and_may_lose_it(
    client, coordinator, settings, django_capture_on_commit_callbacks
):
    partner = make.partner(is_public=True)
    client.force_login(coordinator)
    address = reverse("admin:shared_partner_change", args=[partner.pk])
    sent = {"code": partner.code, "order": 1, "is_public": "on"}
    for inline in ["texts", "desk"]:
        sent |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    drawn = BytesIO()
    Image.new("RGBA", (1000, 500), (200, 30, 30, 0)).save(drawn, "PNG")

    with django_capture_on_commit_callbacks(execute=True):
        logo = make.upload(drawn.getvalue(), "logo.png")
        answer = client.post(address, sent | {"new_logo": logo})
        assert answer.status_code == 302, answer.context["errors"]
    partner.refresh_from_db()
    assert (partner.logo_width, partner.logo_height) == (240, 120)
    answer, _content = fetched(client, partner.logo_url)
    assert answer["Content-Type"] == "image/webp"

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, sent | {"remove_logo": "on"})
    partner.refresh_from_db()
    assert partner.logo_url == ""
    assert stored(settings) == []


def test_the_records_are_counted_and_what_was_typed_stays(coordinator):
    day = timezone.localdate(make.call().started_at)
    event = make.event(day.year)
    Event.objects.filter(pk=event.pk).update(starts_on=day.replace(day=1), ends_on=day)
    event.figures.create(kind="advised", value=9, source="список юриста")

    publishing.count_in_records(event, by=coordinator)

    figures = {figure.kind: figure for figure in event.figures.all()}
    assert figures["calls"].value == 1
    assert figures["calls"].counted_at
    assert figures["advised"].value == 9
