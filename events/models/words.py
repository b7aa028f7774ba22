"""Words in one language, and whether they still say what they were translated from."""

import hashlib

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.models import Text


class Words(Text):
    """A language of something on the page. `FIELDS` are its words, `OWNER` what it is of."""

    FIELDS = []
    OWNER = ""

    source_hash = models.CharField(
        _("made from"),
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("The hash of the text this translation was made from."),
    )

    class Meta:
        abstract = True

    @property
    def words_hash(self):
        words = "\x1f".join(getattr(self, name) for name in self.FIELDS)
        return hashlib.sha256(words.encode()).hexdigest()

    def is_stale(self, source):
        """Whether the source has other words now than when this was made. Dates play no part."""
        return source is not None and self.source_hash != source.words_hash


def released(of_event, at=None):
    """A condition: the row's language is public on its event, to which `of_event` leads."""
    from events.models.event import EventText

    texts = EventText.objects.filter(
        event=models.OuterRef(of_event),
        language=models.OuterRef("language"),
        publish_at__lte=at or timezone.now(),
    )
    return models.Exists(texts)
