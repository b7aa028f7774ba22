"""18 December: one event a year, and side events on their own days.

Who shows an event to readers asks `Event.objects.published()` which there are, and adds
`.for_readers()` to get all their parts in a fixed number of queries, holding only what is public:

    event = get_object_or_404(Event.objects.main().published().for_readers(), year=year)
    event.text                   the best public text for the reader's language
    event.languages              the public languages: for hreflang, sitemap and feeds
    event.programme.all()        in order of time; item.text, .starts_at, .ends_at, .office
    event.stories.all()          those with consent; story.text
    event.photos.all()           those with consent; photo.text.alt; photo.medium_url, .medium_size
    event.videos.all()           those with consent; video.text; video.file_url or video.link
    event.press.all(), event.partners.all(), event.materials.all(), event.numbers

`.for_preview()` gives the same under the same names with texts that are not public yet. What lacks
the consent of whoever is shown or told about is in neither.
"""

from events.models.event import Event, EventText, Number
from events.models.parts import (
    Photo,
    PhotoText,
    PressItem,
    ProgrammeItem,
    ProgrammeText,
    Story,
    StoryText,
    Video,
    VideoText,
)
from events.models.work import Comment, Step, Version

__all__ = [
    "Comment",
    "Event",
    "EventText",
    "Number",
    "Photo",
    "PhotoText",
    "PressItem",
    "ProgrammeItem",
    "ProgrammeText",
    "Step",
    "Story",
    "StoryText",
    "Version",
    "Video",
    "VideoText",
]
