"""Routes of the read side."""

app_name = "stats"
urlpatterns: list[object] = []
