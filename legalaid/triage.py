"""The first look at an intake: what makes it urgent, whether we know the person, whether we may act."""

from legalaid.models import Intake, UrgencyRule
from sanasezim.shared import folding


def flag(intake):
    """Write down which rules of urgency apply, and the sum of their weights."""
    applying = [rule for rule in _rules() if applies(rule, intake)]
    intake.flags = [rule.code for rule in applying]
    intake.urgency = sum(rule.weight for rule in applying)
    Intake.objects.filter(pk=intake.pk).update(flags=intake.flags, urgency=intake.urgency)


def _rules():
    return UrgencyRule.objects.filter(is_used=True).prefetch_related("topics")


def applies(rule, intake):
    """Whether any of a rule's conditions is met."""
    topics = {topic.pk for topic in rule.topics.all()}
    return bool(
        (rule.in_danger and intake.in_danger == "yes")
        or (rule.minor and intake.minor == "yes")
        or (topics and topics & set(intake.topics.values_list("pk", flat=True)))
        or _has_a_word_of(rule, intake.story)
    )


def _has_a_word_of(rule, story):
    beginnings = tuple(folding.fold(word) for word in rule.words if folding.fold(word))
    return bool(beginnings) and any(word.startswith(beginnings) for word in folding.words(story))
