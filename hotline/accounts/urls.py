"""Routes of sign-in and of the administration of users."""

app_name = "accounts"
urlpatterns: list[object] = []
