"""Routes of sign-in and of one's own account. Those of the administration of users are in hotline.administration."""

from django.urls import path

from hotline.accounts.views import own, sign

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign.sign_in, name="sign_in"),
    path("sign-out/", sign.sign_out, name="sign_out"),
    path("account/", own.account, name="account"),
    path("account/password/", own.password, name="password"),
    path("account/language/", own.language, name="language"),
    path("account/theme/", own.theme, name="theme"),
]
