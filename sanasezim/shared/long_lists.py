"""Lists of the staff pages that stay quick however long they grow.

Pages follow each other by the last row that was shown, not by counting from the first; what is
counted is counted up to a limit. Above the list stand tabs: narrowings that are asked for often.
"""

import base64
import binascii
import datetime
import json
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.admin.filters import ChoicesFieldListFilter, SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Count, Q, prefetch_related_objects
from django.utils.text import capfirst

TAB, AFTER, BEFORE, END = "which", "after", "before", "end"
OWN_PARAMETERS = [TAB, AFTER, BEFORE, END]
COUNTED = 1000
# Choices beside the list show how many rows each has only where counting them is quick.
COUNTED_BESIDE = 20_000
COUNTED_TOGETHER = 5000


@dataclass(frozen=True)
class Tab:
    """A narrowing of a list under a name: the rows it shows are those with this condition, a Q."""

    code: str
    label: str
    condition: Q = field(default_factory=Q)
    ordering: tuple = ()

    def narrow(self, rows):
        return rows.filter(self.condition)


@dataclass(frozen=True)
class Counted:
    """How many there are, counted up to a limit."""

    number: int
    more: bool

    def __str__(self):
        return f"{self.number}+" if self.more else str(self.number)


def counted(rows, most=COUNTED):
    number = rows.order_by()[: most + 1].count()
    return Counted(min(number, most), number > most)


@dataclass(frozen=True)
class Key:
    """One field of an order. In PostgreSQL no value is greater than any."""

    field: object
    descending: bool

    def equal(self, value):
        if value is None:
            return Q(**{f"{self.field.attname}__isnull": True})
        return Q(**{self.field.attname: value})

    def beyond(self, value, or_equal=False):
        """Rows that come after this value; with `or_equal` those of the same value, too."""
        name = self.field.attname
        if self.descending:
            if value is None:
                return Q() if or_equal else Q(**{f"{name}__isnull": False})
            return Q(**{f"{name}__lt{'e' if or_equal else ''}": value})
        if value is None:
            return self.equal(None) if or_equal else Q(pk__in=[])
        found = Q(**{f"{name}__gt{'e' if or_equal else ''}": value})
        return found | self.equal(None) if self.field.null else found

    def turned(self):
        return Key(self.field, not self.descending)


def keys_of_order(rows):
    """The Keys of a queryset's order; None where it is ordered by more than fields of its own."""
    keys = []
    for name in rows.query.order_by:
        if not isinstance(name, str):
            return None
        bare = name.removeprefix("-")
        try:
            own = rows.model._meta.pk if bare == "pk" else rows.model._meta.get_field(bare)
        except FieldDoesNotExist:
            return None
        if own.is_relation:
            return None
        keys.append(Key(own, name.startswith("-")))
    return keys


def after_values(keys, values):
    """The rows that come after the one with these values."""
    found, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        found |= same & key.beyond(value)
        same &= key.equal(value)
    # Said once more for the first field alone, where an index can use it.
    return keys[0].beyond(values[0], or_equal=True) & found


def token_of(keys, row):
    """A row's place in the order, for an address: dates, numbers and codes only."""
    values = [key.field.value_from_object(row) for key in keys]
    text = json.dumps([str(v) if isinstance(v, datetime.date) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def values_of(keys, token):
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError("a place in another order")
        return [
            None if value is None else key.field.to_python(value)
            for key, value in zip(keys, values, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error, ValidationError) as error:
        raise IncorrectLookupParameters(error) from error


class CountedFilter:
    """A filter whose choices say how many rows each has: one query, however many they are."""

    template = "admin/counted_filter.html"

    def counts(self, rows):
        """Value → how many of these rows have it."""
        raise NotImplementedError

    def get_facet_queryset(self, changelist):
        found = self.counts(changelist.rows_beside(self).order_by())
        return {f"{place}__c": found.get(value, 0) for place, value in self.places()}

    def choices(self, changelist):
        # What nobody would find anything by stands in nobody's way.
        for choice in super().choices(changelist):
            if choice["selected"] or not str(choice["display"]).endswith(" (0)"):
                yield choice


class WordFilter(CountedFilter, SimpleListFilter):
    """A filter of our own, asked for by a word."""

    def places(self):
        return [(place, value) for place, (value, _label) in enumerate(self.lookup_choices)]


class ChoiceFilter(CountedFilter, ChoicesFieldListFilter):
    """A field with choices: ("channel", ChoiceFilter) in list_filter."""

    def places(self):
        return [(place, value) for place, (value, _label) in enumerate(self.field.flatchoices)]

    def counts(self, rows):
        name = self.field_path
        return dict(rows.values_list(name).annotate(number=Count("pk")).values_list(name, "number"))


class GuardedList(ChangeList):
    """The list of a GuardedAdmin: tabs, pages by the last row, and no words in the address."""

    tab, tabs = None, ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_popup:
            self.title = capfirst(self.opts.verbose_name_plural)

    def get_queryset(self, request, exclude_parameters=None):
        # Words about people never stand in an address: they are looked for at staff/find/.
        self.query = ""
        if not hasattr(self, "own"):
            self._take_own_parameters(request)
        return super().get_queryset(request, exclude_parameters)

    def _take_own_parameters(self, request):
        """What is no filter: the tab and the page. Taken out of the filters' parameters."""
        self.request = request
        self.own = {name: self.params.pop(name, "") for name in OWN_PARAMETERS}
        for name in OWN_PARAMETERS:
            self.filter_params.pop(name, None)
        self.tabs = list(self.model_admin.get_tabs(request))
        self.tab = tab_of(self.tabs, self.own[TAB])
        self.without_tab = self.root_queryset
        if self.tab:
            self.root_queryset = self.tab.narrow(self.root_queryset)

    def get_query_string(self, new_params=None, remove=None):
        own = {TAB: self.tab.code} if self.tab and self.tab != self.tabs[0] else {}
        return super().get_query_string(own | (new_params or {}), remove)

    def get_results(self, request):
        self.keys = keys_of_order(self.queryset)
        if self.keys is None:
            super().get_results(request)
            self.count = Counted(self.result_count, more=False)
            return
        self._take_page()
        prefetch_related_objects(self.result_list, *self.model_admin.list_prefetch)
        self.count = self._count_of_all()
        self.result_count = self.count.number
        self.multi_page = self.has_previous or self.has_next
        self.full_result_count, self.show_full_result_count = None, False
        self.can_show_all, self.show_admin_actions = False, True
        self.paginator = None
        if self.add_facets:
            most = self.model_admin.list_counted_beside
            self.add_facets = not counted(self.root_queryset, most).more

    def _take_page(self):
        backwards = bool(self.own[BEFORE] or self.own[END])
        rows, keys = self.queryset, self.keys
        if backwards:
            rows, keys = rows.reverse(), [key.turned() for key in keys]
        if place := self.own[BEFORE] or self.own[AFTER]:
            rows = rows.filter(after_values(keys, values_of(keys, place)))
        found = list(rows[: self.list_per_page + 1])
        more, found = len(found) > self.list_per_page, found[: self.list_per_page]
        self.result_list = found[::-1] if backwards else found
        self.has_next = bool(self.own[BEFORE]) if backwards else more
        self.has_previous = more if backwards else bool(self.own[AFTER])

    def _count_of_all(self):
        if not (self.has_next or self.has_previous):
            return Counted(len(self.result_list), more=False)
        return counted(self.queryset, self.model_admin.list_counted)

    def rows_beside(self, spec):
        """The rows as all other filters leave them, for counting the choices of this one."""
        rows = self.root_queryset
        for other in self.filter_specs:
            narrowed = None if other is spec else other.queryset(self.request, rows)
            rows = rows if narrowed is None else narrowed
        return rows

    # What the template asks

    @cached_property
    def pages(self):
        """The addresses of the first, previous, next and last page; "" where there is none."""
        if self.keys is None or not self.result_list:
            return {}
        first, last = self.result_list[0], self.result_list[-1]
        ask = self.get_query_string
        return {
            "first": ask() if self.has_previous else "",
            "previous": ask({BEFORE: token_of(self.keys, first)}) if self.has_previous else "",
            "next": ask({AFTER: token_of(self.keys, last)}) if self.has_next else "",
            "last": ask({END: "1"}) if self.has_next else "",
        }

    @cached_property
    def counted_tabs(self):
        """(tab, how many, address, whether it is open) of each tab, without the filters beside it."""
        return [
            (
                tab,
                number,
                f"?{TAB}={tab.code}" if tab != self.tabs[0] else "?",
                tab == self.tab,
            )
            for tab, number in zip(self.tabs, self._numbers_of_tabs(), strict=True)
        ]

    def _numbers_of_tabs(self):
        rows = self.without_tab
        if counted(rows, COUNTED_TOGETHER).more:
            return [counted(tab.narrow(rows)) for tab in self.tabs]
        # One pass over few rows is quicker than a question for each tab.
        conditions = {f"tab_{tab.code}": tab.condition for tab in self.tabs}
        numbers = rows.order_by().aggregate(
            **{name: Count("pk", filter=asked or None) for name, asked in conditions.items()}
        )
        return [Counted(min(n, COUNTED), n > COUNTED) for n in numbers.values()]


def tab_of(tabs, code):
    """The tab that is asked for, else the first; None where there are none."""
    if not tabs:
        return None
    for tab in tabs:
        if tab.code == code:
            return tab
    if code:
        raise IncorrectLookupParameters(code)
    return tabs[0]
