"""What setting up a factor looks like, in one's own account and on the way in."""

import io
from collections.abc import Callable

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from hotline.accounts.actions import AccountError
from hotline.accounts.factors import actions, ceremonies, totp
from hotline.accounts.factors.forms import CodeForm
from hotline.accounts.models import User

NO_STORE = "no-store"


def qr_code(user: User) -> HttpResponse:
    """The QR code of the secret that is being set up, as an SVG image; 404 when there is none."""
    try:
        secret = actions.waiting_secret(user=user, now=timezone.now())
    except actions.SetUpOverError:
        return HttpResponse(status=404, headers={"Cache-Control": NO_STORE})
    image = io.BytesIO()
    segno.make(totp.address(secret, username=user.username), error="m").save(
        image, kind="svg", scale=6, border=4, dark="black", light="white"
    )
    return HttpResponse(image.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": NO_STORE})


def confirm_app(
    request: HttpRequest, user: User, *, where: dict[str, str], confirmed: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The page with the QR code and the secret to type, until a right code was typed; then what ``confirmed`` answers.

    ``where``: what the template needs to know of the way it is on.
    Raises ``SetUpOverError``.
    """
    now = timezone.now()
    secret = actions.waiting_secret(user=user, now=now)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_totp(user=user, now=now, code=form.cleaned_data["code"])
        except actions.WrongCodeError as error:
            form.add_error(error.field, error.message)
        else:
            return confirmed()
    context = {"form": form, "groups": totp.groups(secret), "username": user.username, **where}
    return render(request, "accounts/app.html", context)


def passkey_options(request: HttpRequest, user: User) -> HttpResponse:
    """The JSON with which a browser asks an authenticator for a new passkey."""
    try:
        options = ceremonies.options_to_add(request, user, now=timezone.now())
    except ceremonies.PasskeyRefusedError:
        return JsonResponse({"error": "passkey"}, status=409)
    return HttpResponse(options, content_type="application/json")


def add_passkey(request: HttpRequest, user: User, answer: str) -> AccountError | ceremonies.PasskeyRefusedError | None:
    """Keep the passkey that was made; returns why it was refused."""
    try:
        ceremonies.add(request, user, answer, now=timezone.now())
    except (AccountError, ceremonies.PasskeyRefusedError) as error:
        return error
    return None


def show_codes(request: HttpRequest, codes: list[str], *, onward: str) -> HttpResponse:
    """The one page that has the recovery codes: not redirected to, because then they would have to be kept."""
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": onward, "here": onward})
