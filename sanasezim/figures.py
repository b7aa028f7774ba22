"""What the records know about a day, for the figures of 18 December. The events themselves know neither
the hotline nor the cases."""

from django.db.models import Q

from events import publishing
from events.models import Number


def calls(first, last):
    from hotline.models import Call

    return Call.objects.filter(started_at__date__range=(first, last)).count()


def people_advised(first, last):
    """Distinct people who got a service on these days; a service of a whole case is one of each in it."""
    from legalaid.models import Person, Service

    given = Service.objects.filter(given_on__range=(first, last))
    to_all = given.filter(person=None).values("case")
    return (
        Person.objects.filter(Q(pk__in=given.values("person")) | Q(cases__in=to_all))
        .distinct()
        .count()
    )


publishing.COUNTERS |= {Number.Kind.ADVISED: people_advised, Number.Kind.CALLS: calls}
