"""Routes of the write side."""

from django.urls import include, path

from cases.views import audit_log, log, queue, referrals, report

app_name = "cases"
urlpatterns = [
    path("audit-log/", audit_log.audit_log, name="audit_log"),
    path("reports/log/", log.LogView.as_view(), name="log"),
    path("reports/<int:pk>/undo/", log.UndoView.as_view(), name="undo"),
    path("queue/", queue.QueueView.as_view(), name="queue"),
    path("queue/<slug:name>/", queue.QueueView.as_view(), name="queue_named"),
    path("reports/take-next/", queue.TakeNextView.as_view(), name="take_next"),
    path("reports/find/", queue.FindView.as_view(), name="find"),
    path("reports/<int:pk>/", report.ReportView.as_view(), name="report"),
    path("reports/<int:pk>/findings/", report.FindingsView.as_view(), name="findings"),
    path("reports/<int:pk>/amend/", report.AmendView.as_view(), name="amend"),
    path("reports/<int:pk>/void/", report.VoidView.as_view(), name="void"),
    path("reports/<int:pk>/refer/", referrals.ReferView.as_view(), name="refer"),
    path("reports/<int:pk>/referrals/<int:referral_pk>/", referrals.AnswerView.as_view(), name="answer"),
    *[
        path(f"reports/<int:pk>/{verb.value}/", report.step_view(verb).as_view(), name=verb.value)
        for verb in report.BUTTONS
    ],
    path("api/v1/", include("cases.api.urls")),
]
