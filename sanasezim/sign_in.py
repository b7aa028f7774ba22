"""The pages by which staff come in, and those about their own account.

Two steps: the password, then a code. Between them nobody is signed in: the session holds only a mark,
signed and bound to the password, that the first step was taken just now.
"""

import datetime
import re
import time
from urllib.parse import unquote

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sanasezim.forms import (
    AppCodeForm,
    CodeForm,
    LanguageForm,
    PasswordChangeForm,
    SavedForm,
    SignInForm,
    StartForm,
)
from sanasezim.shared import (
    access_log,
    accounts,
    codes,
    confirmed,
    limits,
    network,
    notices,
    resets,
    second_factor,
)
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import (
    AccessEntry,
    Authenticator,
    KnownPlace,
    ResetRequest,
    StaffSession,
    User,
)
from sanasezim.templatetags.portal import qr

MARK = "password_was_right"  # in the session
SIGNER = TimestampSigner(salt="password was right")
MARK_SECONDS = 5 * 60
# Whoever sets up their first app has to find and install it.
MARK_SECONDS_TO_ENROL = 15 * 60
NEW_APP = "new_app"  # in the session: the app that is being set up

# No refusal comes sooner: what differs between a name that exists and one that does not is over by then.
REFUSAL_SECONDS = 0.1

MOST_SIGN_INS = 30
SIGN_IN_ACTIONS = [
    *(Action.SIGN_IN, Action.SIGN_IN_REFUSED, Action.SIGN_OUT),
    *(Action.PASSWORD, Action.FACTOR, Action.ACCOUNT),
]

# What the sign-in page says first, by ?note=
NOTES = {
    "out": gettext_lazy("You have signed out."),
    "late": gettext_lazy("That took too long. Begin again with your password."),
    "ended": gettext_lazy(
        "All your sessions are ended. Sign in again and change your password at once; "
        "“My sign-ins” at the top of every page leads there. Then tell the administrator what you saw."
    ),
    "changed": gettext_lazy("Your password is changed. Sign in with the new one."),
    "started": gettext_lazy("Your password is set. Sign in with it."),
}


# The way in


@never_cache
@sensitive_post_parameters("password")
def login(request):
    """The first step: name and password."""
    onward = staff_address(request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST" and admin.site.has_permission(request):
        return redirect(onward)
    form = SignInForm(request.POST or None)
    if not form.is_valid():
        return page(request, "admin/login.html", form=form, next=onward, note=note(request))
    asked_at = time.monotonic()
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    number = count_try(request, "sign in", name)
    account = accounts.find(name)
    is_right = accounts.password_is_right(account, password)
    if is_right and number <= settings.SIGN_IN_TRIES:
        limits.forget("sign in", try_key(request, name))
        accounts.renew_hash(account, password)
        return after_password(request, account, onward)
    if number <= settings.SIGN_IN_TRIES + 1:
        accounts.refused(account, request=request)
    if number > settings.SIGN_IN_TRIES:
        answer = too_many(request, "sign in", name)
    else:
        # Empty again: the page is the same whatever name was typed.
        form = SignInForm()
        error = _("The name or the password is not right. Capital and small letters differ.")
        answer = page(request, "admin/login.html", form=form, next=onward, error=error)
    time.sleep(max(0, asked_at + REFUSAL_SECONDS - time.monotonic()))
    return answer


def after_password(request, account, onward):
    """Where the password leads: in, to the second step, or to setting up a second factor."""
    has_factor = second_factor.of(account) is not None
    if not has_factor and not settings.SECOND_FACTOR_REQUIRED:
        accounts.sign_in(request, account, by_factor=False)
        return redirect(onward)
    request.session.flush()
    request.session[MARK] = SIGNER.sign_object(
        {"account": account.pk, "password": account.get_session_auth_hash(), "next": onward}
    )
    return redirect("admin:login_code" if has_factor else "admin:factor")


def marked(request, seconds=MARK_SECONDS):
    """(account, next address) of whoever has just given their password, else (None, "")."""
    try:
        mark = SIGNER.unsign_object(request.session.get(MARK, ""), max_age=seconds)
    except BadSignature:
        return None, ""
    account = User.objects.filter(pk=mark["account"], is_active=True, is_staff=True).first()
    if account and constant_time_compare(mark["password"], account.get_session_auth_hash()):
        return account, mark["next"]
    return None, ""


@never_cache
@sensitive_post_parameters("code")
def login_code(request):
    """The second step: a code of the app, or a recovery code."""
    account, onward = marked(request)
    if account is None:
        return redirect(f"{reverse('admin:login')}?note=late")
    if second_factor.of(account) is None:
        return redirect("admin:factor")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        name = str(account.pk)
        number = count_try(request, "sign in: code", name)
        if number > settings.SIGN_IN_TRIES:
            return too_many(request, "sign in: code", name)
        answer = second_factor.use(account, form.cleaned_data["code"])
        if answer.is_right:
            limits.forget("sign in: code", try_key(request, name))
            accounts.sign_in(request, account, by_factor=True)
            tell_recovery_code_is_used(request, answer)
            return redirect(onward)
        accounts.refused(account, request=request)
        if number == settings.SIGN_IN_TRIES:
            # Whoever comes this far knows the password.
            notices.account_news(account)
        form.add_error("code", confirmed.REFUSALS[answer])
    return page(request, "admin/sign_in/code.html", form=form, account=account)


def tell_recovery_code_is_used(request, answer):
    if answer is second_factor.Answer.RECOVERY:
        left = request.user.recovery_codes.unused().count()
        messages.warning(
            request,
            _(
                "You came in with a recovery code; it is used up. Codes that are left: %(left)d. "
                "If your phone is lost, set up another under “My sign-ins”."
            )
            % {"left": left},
        )


@require_POST
def logout(request):
    accounts.sign_out(request)
    response = redirect(f"{reverse('admin:login')}?note=out")
    # Not "storage": there the booklets are that somebody keeps to read without a network.
    response.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return response


# What the way in needs


def staff_address(asked):
    """Where to go on: an address of the staff pages as it was asked for, else their first page."""
    first = reverse("admin:index")
    # Twice encoded is not decoded by anybody on the way, once is: look at both.
    plain = unquote(asked or "")
    is_ours = (
        re.fullmatch(r"/staff/[!$&'()*+,\-./0-9:;=?@A-Z_a-z~%]*", asked or "")
        and "\\" not in plain
        and plain.isprintable()
        and not re.search(r"//|/\.\.?(/|$)", plain.partition("?")[0])
    )
    if not is_ours or asked.startswith((reverse("admin:login"), reverse("admin:logout"))):
        return first
    return asked


def note(request):
    return NOTES.get(request.GET.get("note"), "")


def try_key(request, name):
    return f"{name.casefold()}\n{network.client_address(request)}"


def count_try(request, purpose, name):
    """Counted by name and address together: by the name alone, anybody could shut a colleague out."""
    return limits.count(
        purpose, try_key(request, name), settings.SIGN_IN_WINDOW, most=settings.SIGN_IN_TRIES
    )


def too_many(request, purpose, name):
    seconds = limits.seconds_left(purpose, try_key(request, name))
    minutes = max(1, -(-seconds // 60))
    until = timezone.localtime() + datetime.timedelta(minutes=minutes)
    response = page(request, "admin/sign_in/wait.html", minutes=minutes, until=until, status=429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def page(request, template, status=200, **context):
    return render(request, template, admin.site.each_context(request) | context, status=status)


# The second factor


@never_cache
def factor(request):
    """Set up the app that makes the codes: the first one after the password, another one later."""
    account, onward = who_sets_up(request)
    if account is None:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if account == request.user:
        if answer := confirmed.ask(request, both=True):
            return answer
    elif second_factor.of(account):
        return redirect("admin:login_code")
    app = app_being_set_up(request, account)
    form = AppCodeForm(request.POST or None)
    if form.is_valid():
        made = second_factor.confirm(app, form.cleaned_data["code"], request=request)
        if made:
            if account == request.user:
                accounts.end_sessions(account, but=request.session.row)
                request.session.pop(NEW_APP)
                request.session[accounts.BY_FACTOR] = True
            else:
                accounts.sign_in(request, account, by_factor=True)
            return show_recovery_codes(request, made, onward)
        form.add_error("code", _("This code is not right. The app may show another by now."))
    return page(
        request,
        "admin/sign_in/factor.html",
        form=form,
        address=app.address(),
        # Not the tag of the templates, which keeps what it drew: this one is a secret.
        picture=qr.__wrapped__(app.address()),
        secret=codes.in_groups(app.secret),
        account=account,
    )


def who_sets_up(request):
    """(account, next address): whoever is signed in, or has just given their password."""
    if admin.site.has_permission(request):
        return request.user, reverse("admin:me")
    return marked(request, MARK_SECONDS_TO_ENROL)


def app_being_set_up(request, account):
    """The same secret while the page is reloaded; another for the next who gives the password."""
    app = Authenticator.objects.filter(
        pk=request.session.get(NEW_APP), user=account, confirmed=False
    ).first()
    if app is None:
        app = second_factor.begin(account)
        request.session[NEW_APP] = app.pk
    return app


def new_recovery_codes(request):
    if answer := confirmed.ask(request, both=True):
        return answer
    if second_factor.of(request.user) is None:
        return redirect("admin:factor")
    if request.method != "POST":
        return page(request, "admin/sign_in/new_codes.html", title=_("New recovery codes"))
    made = second_factor.new_recovery_codes(request.user, request=request)
    return show_recovery_codes(request, made, reverse("admin:me"))


def show_recovery_codes(request, made, onward):
    # In the answer itself and nowhere else: they are not kept, not even in the session.
    return page(
        request,
        "admin/sign_in/recovery_codes.html",
        title=_("Your recovery codes"),
        codes=[codes.in_groups(code) for code in made],
        form=SavedForm(),
        next=onward,
        today=timezone.localdate(),
    )


@require_POST
def recovery_codes_saved(request):
    if SavedForm(request.POST).is_valid():
        request.user.recovery_codes.update(saved_at=timezone.now())
    return redirect(staff_address(request.POST.get("next")))


# One's own account


def me(request):
    """My sessions, my sign-ins, my second factor, my language."""
    unused = request.user.recovery_codes.unused()
    mine = StaffSession.objects.open().filter(account=request.user).order_by("-last_seen")
    entries = AccessEntry.objects.about(request.user).filter(action__in=SIGN_IN_ACTIONS)
    return page(
        request,
        "admin/sign_in/me.html",
        title=_("My sign-ins"),
        sessions=mine,
        this_session=request.session.row.pk,
        places=request.user.known_places.unanswered(),
        entries=entries.select_related("who")[:MOST_SIGN_INS],
        network=network.network_code(request),
        app=second_factor.of(request.user),
        codes_left=unused.count(),
        codes_not_saved=unused.filter(saved_at=None).exists(),
        language_form=LanguageForm(instance=request.user),
    )


@require_POST
def end_session(request):
    """End one of my sessions, or all but this."""
    if request.POST.get("which") == "others":
        accounts.end_sessions(request.user, but=request.session.row)
    elif (number := request.POST.get("which", "")).isdecimal():
        StaffSession.objects.filter(account=request.user, pk=int(number)).delete()
        if int(number) == request.session.row.pk:
            return logout(request)
    messages.success(request, _("Ended."))
    return redirect("admin:me")


@require_POST
def answer_place(request, pk):
    """Whether a sign-in from a new place was mine."""
    place = get_object_or_404(KnownPlace, account=request.user, pk=pk)
    if request.POST.get("mine") == "yes":
        request.user.known_places.filter(pk=place.pk).update(answered_at=timezone.now())
        return redirect("admin:index")
    access_log.record(Action.ACCOUNT, by=request.user, request=request, what=request.user)
    accounts.end_sessions(request.user)
    place.delete()
    request.session.flush()
    onward = reverse("admin:password_change")
    return redirect(f"{reverse('admin:login')}?note=ended&next={onward}")


@require_POST
def change_language(request):
    form = LanguageForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    return redirect("admin:me")


@sensitive_post_parameters()
def password_change(request):
    """One's own password. Every session ends by it, this one too."""
    form = PasswordChangeForm(request.POST or None, account=request.user)
    if form.is_valid():
        name = str(request.user.pk)
        if count_try(request, "change the password", name) > settings.SIGN_IN_TRIES:
            return too_many(request, "change the password", name)
        if owner_sent(form, request.user):
            limits.forget("change the password", try_key(request, name))
            resets.change_password(request.user, form.cleaned_data["new_password"], request=request)
            request.session.flush()
            return redirect(f"{reverse('admin:login')}?note=changed")
        accounts.refused(request.user, request=request)
    return page(request, "admin/sign_in/password.html", title=_("Change password"), form=form)


def owner_sent(form, account):
    """Whether the old password is right, and then the code: it is not used up for nothing."""
    if not accounts.password_is_right(account, form.cleaned_data["old_password"]):
        form.add_error("old_password", _("This is not right."))
    elif "code" in form.fields:
        answer = second_factor.use(account, form.cleaned_data["code"])
        if not answer.is_right:
            form.add_error("code", confirmed.REFUSALS[answer])
    return not form.errors


# A new start for somebody else


@never_cache
@sensitive_post_parameters()
def start(request):
    """Set a password with the start code that two colleagues gave."""
    form = StartForm(request.POST or None)
    if form.is_valid():
        asked_at = time.monotonic()
        name = form.cleaned_data["username"]
        if count_try(request, "start", name) > settings.SIGN_IN_TRIES:
            return too_many(request, "start", name)
        account = accounts.find(name)
        asked = resets.find_started(account, form.cleaned_data["code"])
        if asked is None:
            accounts.refused(account, request=request)
            form.add_error("code", _("This is not right together with the name, or it is too old."))
            time.sleep(max(0, asked_at + REFUSAL_SECONDS - time.monotonic()))
        else:
            limits.forget("start", try_key(request, name))
            if form.is_strong_for(asked.account):
                resets.set_password(asked, form.cleaned_data["new_password"], request=request)
                return redirect(f"{reverse('admin:login')}?note=started")
    return page(request, "admin/sign_in/start.html", form=form)


def may_ask(user):
    return user.has_perm("shared.change_user")


def may_confirm(user):
    return user.has_perm("shared.confirm_reset")


def new_starts(request):
    """What waits for the second person's yes, and what became of the last ones."""
    if not may_ask(request.user) and not may_confirm(request.user):
        raise PermissionDenied
    asked = ResetRequest.objects.select_related("account", "asked_by", "confirmed_by", "refused_by")
    return page(
        request,
        "admin/sign_in/new_starts.html",
        title=_("New starts"),
        waiting=[(row, may_decide(request.user, row)) for row in asked.waiting()],
        earlier=asked.exclude(pk__in=asked.waiting().values("pk"))[:MOST_SIGN_INS],
    )


def may_decide(user, asked):
    return may_confirm(user) and user.pk not in (asked.asked_by_id, asked.account_id)


def starts_to_confirm(user):
    """How many new starts wait for this person's yes."""
    if not may_confirm(user):
        return 0
    return ResetRequest.objects.waiting().exclude(asked_by=user).exclude(account=user).count()


@require_POST
def ask_new_start(request):
    if not may_ask(request.user):
        raise PermissionDenied
    account = get_object_or_404(User, pk=_number(request.POST.get("account")))
    # Whoever may open a superuser's account anew is one.
    if account.is_superuser and not request.user.is_superuser:
        raise PermissionDenied
    if answer := confirmed.ask(request):
        return answer
    try:
        resets.ask(account, request.POST.get("what"), by=request.user, request=request)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Asked for. Another person must confirm it within a day."))
    return redirect("admin:new_starts")


@require_POST
def decide_new_start(request, pk):
    """The second person's yes or no. A start code is shown in the answer, this once."""
    if not may_confirm(request.user):
        raise PermissionDenied
    asked = get_object_or_404(ResetRequest.objects.select_related("account"), pk=pk)
    if answer := confirmed.ask(request):
        return answer
    try:
        if request.POST.get("decision") != "confirm":
            resets.refuse(asked, by=request.user, request=request)
            messages.success(request, _("Refused."))
        elif code := resets.confirm(asked, by=request.user, request=request):
            return page(
                request,
                "admin/sign_in/start_code.html",
                title=_("Hand over this start code"),
                account=asked.account,
                code=codes.in_groups(code),
                link=f"{settings.SITE_ORIGIN}{reverse('admin:start')}#{code}",
                until=timezone.now() + ResetRequest.LASTS,
            )
        else:
            messages.success(
                request, _("The second factor is removed. The next sign-in sets up another.")
            )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("admin:new_starts")


def _number(text):
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0
