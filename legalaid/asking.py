"""Asking for help on the portal: a form that is not sent yet, and the sending of it.

A form carries its number. The same answers under the same number are one request, however often
they arrive: a double click, a reload, a second try after the line was cut. Other answers are another
request, even on the same phone: a stranger must never see whose form was open there before.
"""

import json
import time
import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from legalaid import holding, papers, slips, taking_in
from legalaid.models import Consent, ConsentText, Document, Intake
from resources.models import Topic
from sanasezim.shared import keys
from sanasezim.shared.languages import fallback_chain

PURPOSE = "ask"
# The night removes files that no row names, but none of the last day.
PAPERS_WAIT = 20 * 3600
CARRIED = ["kind", "title", "original_size", "original_sha256", "copy_size", "pages"]


def consent_text(language):
    """The wording to agree to, in this language or the best there is; None where there is none."""
    newest = ConsentText.objects.order_by("language", "-version").distinct("language")
    texts = {text.language: text for text in newest.defer("body")}
    return next((texts[code] for code in fallback_chain(language) if code in texts), None)


@dataclass
class Draft:
    """A form in somebody's browser: which one, since when, what it asks to agree to, what came with it."""

    text: ConsentText | None = None
    number: str = field(default_factory=lambda: uuid.uuid4().hex)
    began: float = field(default_factory=time.time)
    papers: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    @classmethod
    def of(cls, request):
        """The draft that a form carried, or None if it carried none of ours."""
        slip = slips.of(request, PURPOSE)
        if slip is None:
            return None
        kept = request.POST.getlist("keep")
        fresh = [one for one in slip["papers"] if time.time() - one["at"] < PAPERS_WAIT]
        return cls(
            text=ConsentText.objects.filter(pk=slip["text"]).first(),
            number=slip["number"],
            began=slip["began"],
            papers=[_unpacked(one) for one in fresh if one["seal"] in kept],
        )

    def slip(self):
        return slips.seal(
            PURPOSE,
            number=self.number,
            began=self.began,
            text=self.text and self.text.pk,
            papers=[_packed(document) for document in self.papers],
        )

    def set_down(self, request, uploads, left_out=()):
        """Check these files and keep them with the draft. What cannot be kept is said in `refused`."""
        self.refused += papers.in_words(left_out)
        self.refused += papers.keep_each(request, uploads, self._set_down)

    def _set_down(self, upload):
        document = papers.set_down(upload)
        if document.original_sha256 in [other.original_sha256 for other in self.papers]:
            papers.put_away(document)
        else:
            self.papers.append(document)

    def send(self, request, form, uploads):
        """Save the request, then its files. Returns (intake, code) as taking_in.take_in does.

        The story first: a file that makes trouble must not cost it.
        """
        token = self._token(form)
        intake = form.intake()
        if not Intake.objects.filter(form_token=token).exists():
            intake.held_because = holding.why_held(
                request,
                seconds=time.time() - self.began,
                trap=form.cleaned_data["website"],
            )
        intake, code = taking_in.take_in(
            intake,
            topics=Topic.objects.filter(code__in=form.cleaned_data["topics"]),
            consent_text=None if form.is_anonymous else self.text,
            consent_how=Consent.How.TICKED,
            token=token,
        )
        for document in self.papers:
            try:
                papers.attach(document, intake=intake)
            except ValidationError as why:
                self.refused.append((document.title, why.messages[0]))
        self.refused += papers.keep_each(
            request, uploads, lambda upload: papers.take_in_file(upload, intake=intake)
        )
        return intake, code

    def _token(self, form):
        answers = {name: value for name, value in form.cleaned_data.items() if name != "website"}
        if not answers["story"]:  # a voice message says it all
            answers["papers"] = sorted(document.original_sha256 for document in self.papers)
        told = json.dumps([self.number, answers], sort_keys=True)
        return uuid.UUID(bytes=keys.code_of(keys.PEPPER, "form token", told)[:16])


def _packed(document):
    return {
        "seal": str(document.seal),
        "at": document.added_at.timestamp(),
        "original": str(document.original),
        "copy": str(document.copy),
    } | {name: getattr(document, name) for name in CARRIED}


def _unpacked(carried):
    document = Document(
        seal=uuid.UUID(carried["seal"]), **{name: carried[name] for name in CARRIED}
    )
    document.original, document.copy = carried["original"], carried["copy"]
    return document
