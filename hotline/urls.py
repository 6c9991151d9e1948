"""All routes. Each declares who may enter (:mod:`hotline.accounts.access`)."""

from django.urls import include, path

from hotline import views
from hotline.health import views as health

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("hotline.accounts.urls")),
    path("administration/", include("hotline.administration")),
    path("", include("cases.urls")),
    path("", include("stats.urls")),
]

handler400 = "hotline.views.bad_request"
handler403 = "hotline.views.permission_denied"
handler404 = "hotline.views.page_not_found"
handler500 = "hotline.views.server_error"
