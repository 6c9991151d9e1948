"""Routes of the write side."""

app_name = "cases"
urlpatterns: list[object] = []
