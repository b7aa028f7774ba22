"""The staff site: Django's admin, as the place where staff work."""

import datetime
from functools import partial

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

REVIEW_AHEAD = datetime.timedelta(days=30)
MOST_SHOWN = 10
APPS_IN_ORDER = ["hotline", "legalaid", "events", "resources", "shared"]
MOST_MENUS = 500  # of some KB each


class StaffConfig(AdminConfig):
    default_site = "sanasezim.staff.StaffSite"


def _may_do(user):
    """What the menu of somebody follows from."""
    return user.is_superuser, frozenset(user.role_permissions), get_language()


def _once(kept, key, make):
    if (found := kept.get(key)) is None:
        if len(kept) >= MOST_MENUS:
            kept.clear()
        found = kept[key] = make()
    return found


class StaffSite(AdminSite):
    site_title = _("Sana Sezim staff")
    site_header = _("Sana Sezim staff")
    index_title = _("Today")
    site_url = "/"

    def __init__(self, name="admin"):
        super().__init__(name)
        # Both follow from what somebody's roles give: made once for all who may do the same.
        self.app_lists, self.menus = {}, {}

    def get_urls(self):
        # Its views know every app, whose models are not there yet when the site is made.
        from sanasezim import sign_in
        from sanasezim.finding import find_view
        from sanasezim.reports import views as reports

        def find(request):
            return find_view(request, self)

        # "View on site" leads whoever asks to any object's address, that of a preview link too.
        left_out = {"view_on_site", "password_change_done"}
        return [
            path("find/", self.admin_view(find), name="find"),
            # The ways in: open to whoever is not signed in
            path("login/code/", sign_in.login_code, name="login_code"),
            path("factor/", sign_in.factor, name="factor"),
            path("start/", sign_in.start, name="start"),
            *(
                path(address, self.admin_view(view), name=name)
                for name, address, view in [
                    ("report", "reports/", reports.report),
                    ("report_take_out", "reports/take-out/", reports.take_out),
                    ("report_save", "reports/save/", reports.save),
                    ("saved_report", "reports/saved/<int:pk>/", reports.saved_report),
                    ("report_freeze", "reports/freeze/", reports.freeze),
                    ("frozen_report", "reports/published/<int:pk>/", reports.frozen_report),
                    ("explore", "reports/explore/", reports.explore_view),
                    ("explore_rows", "reports/explore/rows/", reports.explore_rows),
                    ("open_figures", "reports/open/", reports.open_figures_view),
                    ("me", "me/", sign_in.me),
                    ("end_session", "me/end/", sign_in.end_session),
                    ("change_language", "me/language/", sign_in.change_language),
                    ("answer_place", "me/place/<int:pk>/", sign_in.answer_place),
                    ("new_recovery_codes", "factor/codes/", sign_in.new_recovery_codes),
                    ("recovery_codes_saved", "factor/saved/", sign_in.recovery_codes_saved),
                    ("new_starts", "starts/", sign_in.new_starts),
                    ("ask_new_start", "starts/ask/", sign_in.ask_new_start),
                    ("decide_new_start", "starts/<int:pk>/", sign_in.decide_new_start),
                ]
            ),
            *[found for found in super().get_urls() if getattr(found, "name", "") not in left_out],
        ]

    def has_permission(self, request):
        from sanasezim.shared import accounts

        return super().has_permission(request) and accounts.passed_both_steps(request)

    def login(self, request, extra_context=None):
        from sanasezim import sign_in

        return sign_in.login(request)

    def logout(self, request, extra_context=None):
        from sanasezim import sign_in

        return sign_in.logout(request)

    def password_change(self, request, extra_context=None):
        from sanasezim import sign_in

        return sign_in.password_change(request)

    def each_context(self, request):
        from sanasezim.finding import may_find

        menu = partial(self.menu, request)
        return super().each_context(request) | {"may_find": may_find(request.user), "menu": menu}

    def get_app_list(self, request, app_label=None):
        if not request.user.is_authenticated:
            return []
        key = *_may_do(request.user), app_label
        return _once(self.app_lists, key, lambda: self.apps_in_order(request, app_label))

    def apps_in_order(self, request, app_label):
        """People first: the order in which work comes in."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: APPS_IN_ORDER.index(app["app_label"]))

    def menu(self, request):
        """The menu at the side, where the page it is on is marked."""
        apps = self.get_app_list(request)
        pages = [app["app_url"] for app in apps]
        pages += [model["admin_url"] for app in apps for model in app["models"]]
        here = *_may_do(request.user), *(page for page in pages if page and page in request.path)
        shown = {"app_list": apps, "request": request}
        return _once(self.menus, here, lambda: render_to_string("admin/app_list.html", shown))

    def index(self, request, extra_context=None):
        return super().index(request, (extra_context or {}) | self.waiting(request))

    def waiting(self, request):
        """What waits for somebody today, as far as this person may see it."""
        context = {"now": timezone.now(), "today": timezone.localdate(), "most_shown": MOST_SHOWN}
        context |= self.own_account(request)
        for permission, look in [
            ("legalaid.view_intake", lambda: self.waiting_intakes(request.user)),
            ("legalaid.view_case", lambda: self.waiting_in_cases(request.user)),
            ("legalaid.view_case", lambda: self.own_cases(request.user)),
            ("legalaid.approve_disposal", lambda: self.waiting_disposals(request.user)),
            ("hotline.view_callback", lambda: self.waiting_callbacks(request.user)),
            ("hotline.view_call", lambda: self.newest_calls(request.user)),
            ("hotline.view_handover", lambda: self.calls_handed_over(request.user)),
            ("shared.change_user", self.accounts),
            ("shared.change_user", self.the_portal),
            ("resources.view_edition", self.waiting_in_library),
            ("events.view_event", self.coming_events),
            ("resources.view_handout", self.newest_handouts),
        ]:
            if request.user.has_perm(permission):
                context |= look()
        return context

    # The admin site is made before the models are there, so these import where they ask.

    def own_account(self, request):
        from sanasezim import sign_in

        return {
            "new_places": request.user.known_places.unanswered(),
            "starts_to_confirm": sign_in.starts_to_confirm(request.user),
        }

    def waiting_intakes(self, user):
        from legalaid.admin.intakes import QUEUE_ORDER, show_urgency
        from legalaid.models import Intake

        waiting = Intake.objects.visible_to(user).waiting().filter(held_because="")
        urgent_first = list(waiting.order_by(*QUEUE_ORDER)[:MOST_SHOWN])
        show_urgency(urgent_first)
        return {
            "intakes_seen": True,
            "waiting_intakes": urgent_first,
            "number_of_intakes": waiting.count(),
        }

    def waiting_in_cases(self, user):
        from legalaid import casework

        tasks, stale = casework.tasks_due(user), casework.stale_cases(user)
        return {
            "offered_cases": casework.offered_cases(user),
            "due_tasks": tasks[:MOST_SHOWN],
            "number_of_due_tasks": tasks.count(),
            "stale_cases": stale[:3],
            "number_of_stale_cases": stale.count(),
            "number_of_unanswered_cases": casework.unanswered_cases(user).count(),
        }

    def waiting_disposals(self, user):
        from legalaid.models import DisposalBatch

        return {"waiting_disposals": DisposalBatch.objects.waiting_for(user).order_by("found_at")}

    def own_cases(self, user):
        from legalaid.models import Case as LegalCase

        cases = LegalCase.objects.visible_to(user).open()
        if user.has_perm("legalaid.view_every_case"):
            return {"cases_seen": True, "cases_by_lawyer": cases_by_lawyer(cases)}
        own = cases.select_related("lawyer").order_by("opened_on", "pk")
        return {"cases_seen": True, "own_cases": own[:MOST_SHOWN], "number_of_cases": own.count()}

    def waiting_callbacks(self, user):
        from hotline.models import Callback, Shift

        now = timezone.now()
        waiting = Callback.objects.visible_to(user).waiting()
        late = waiting.overdue(now)
        return {
            "callbacks_seen": True,
            "late_callbacks": late.in_order()[:MOST_SHOWN],
            "number_of_late": late.count(),
            "number_of_due": Callback.objects.visible_to(user).due(now).count(),
            "callbacks_in_hand": waiting.exclude(pk__in=waiting.free(now)).filter(claimed_by=user),
            "own_shift": Shift.objects.filter(who=user, ends_at__gt=now)
            .order_by("starts_at")
            .first(),
        }

    def newest_calls(self, user):
        from hotline.models import Call

        calls = Call.objects.visible_to(user)
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "calls_seen": True,
            "calls_today": calls.filter(started_at__gte=today).count(),
            "own_calls": calls.filter(answered_by=user)[:5],
        }

    def calls_handed_over(self, user):
        from hotline.models import HandOver

        waiting = HandOver.objects.visible_to(user).waiting()
        return {
            "handed_over": waiting[:MOST_SHOWN],
            "number_handed_over": waiting.count(),
        }

    def accounts(self):
        from sanasezim.shared.models import User

        staff = User.objects.filter(is_active=True)
        return {
            "accounts_seen": True,
            "without_role": staff.filter(groups=None, is_superuser=False),
        }

    def the_portal(self):
        from sanasezim import watching

        return {"portal_state": watching.state()}

    def waiting_in_library(self):
        from resources.models import Edition, EditionVersion
        from resources.reports import stale

        editions = Edition.objects.select_related("publication", "submitted_by")
        editions = editions.defer("summary", "body")
        number_of_stale, first_stale = stale(MOST_SHOWN)
        return {
            "library": True,
            "in_review": editions.filter(withdrawn_at=None)
            .exclude(submitted_at=None)
            .order_by("submitted_at"),
            "scheduled": EditionVersion.objects.filter(publish_at__gt=timezone.now())
            .select_related("edition__publication")
            .order_by("publish_at"),
            "review_due": editions.review_due(timezone.localdate() + REVIEW_AHEAD)
            .filter(publication__replaced_by=None)
            .order_by("review_due", "publication", "language"),
            "number_of_stale": number_of_stale,
            "stale": first_stale,
        }

    def coming_events(self):
        from events.models import Event

        events = Event.objects.filter(ends_on__gte=timezone.localdate()).prefetch_related("texts")
        in_review = Event.objects.exclude(submitted_at=None).select_related("submitted_by")
        return {
            "events_seen": True,
            "coming_events": events.order_by("starts_on"),
            "events_in_review": in_review.prefetch_related("texts"),
        }

    def newest_handouts(self):
        from resources.models import Handout

        handouts = Handout.objects.select_related("publication", "office").order_by("-pk")
        newest = handouts.prefetch_related("office__texts")[:5]
        return {"handouts_seen": True, "newest_handouts": newest}


def cases_by_lawyer(cases):
    """(user, how many) of everybody who leads an open case, the most first."""
    from sanasezim.shared.models import User

    numbers = dict(
        cases.order_by().values_list("lawyer").annotate(number=Count("pk")).order_by("-number")
    )
    people = User.objects.in_bulk(numbers)
    return [(people[lawyer], number) for lawyer, number in numbers.items()]
