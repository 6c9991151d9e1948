"""Routes of sign-in and of one's own account. Those of the administration of users are in hotline.administration."""

from django.urls import path

from hotline.accounts.views import own, provider, second_step, security, sessions, set_up, sign

app_name = "accounts"
urlpatterns = [
    path("sign-in/second-step/", second_step.second_step, name="second_step"),
    path("sign-in/second-step/recovery/", second_step.recovery, name="recovery"),
    path("sign-in/passkey/", second_step.passkey, name="passkey"),
    path("sign-in/passkey/options/", second_step.passkey_options, name="passkey_options"),
    path("sign-in/provider/", provider.begin, name="provider"),
    path("sign-in/provider/back/", provider.back, name="provider_back"),
    path("sign-in/provider/finish/", provider.finish, name="provider_finish"),
    path("sign-in/provider/refused/", provider.refused, name="provider_refused"),
    path("sign-in/set-up/", set_up.set_up, name="set_up"),
    path("sign-in/set-up/app/", set_up.app, name="set_up_app"),
    path("sign-in/set-up/app/qr.svg", set_up.qr_code, name="set_up_qr"),
    path("sign-in/set-up/passkey/", set_up.passkey, name="set_up_passkey"),
    path("sign-in/set-up/passkey/options/", set_up.passkey_options, name="set_up_passkey_options"),
    path("account/second-factor/", security.security, name="security"),
    path("account/second-factor/confirm/", security.confirm, name="confirm"),
    path("account/second-factor/app/", security.app, name="app"),
    path("account/second-factor/app/qr.svg", security.app_qr, name="app_qr"),
    path("account/second-factor/app/remove/", security.app_remove, name="app_remove"),
    path("account/second-factor/codes/", security.codes, name="codes"),
    path("account/second-factor/passkeys/", security.passkey_add, name="passkey_add"),
    path("account/second-factor/passkeys/options/", security.passkey_options, name="passkey_add_options"),
    path("account/second-factor/passkeys/<int:pk>/remove/", security.passkey_remove, name="passkey_remove"),
    path("sign-in/", sign.sign_in, name="sign_in"),
    path("sign-out/", sign.sign_out, name="sign_out"),
    path("invitation/", sign.invitation, name="invitation"),
    path("account/", own.account, name="account"),
    path("account/password/", own.password, name="password"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/language/", own.language, name="language"),
    path("account/theme/", own.theme, name="theme"),
]
