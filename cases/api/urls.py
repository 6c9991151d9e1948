"""Routes of the write side's API."""

from django.urls import path

from cases.api import code_lists, parts, reports

urlpatterns = [
    path("reports/", reports.ReportsView.as_view(), name="api_reports"),
    path("reports/<int:pk>/", reports.ReportView.as_view(), name="api_report"),
    path("reports/<int:pk>/findings/", parts.FindingsView.as_view(), name="api_findings"),
    path("reports/<int:pk>/referrals/", parts.ReferralsView.as_view(), name="api_referrals"),
    path("reports/<int:pk>/referrals/<int:referral_pk>/", parts.ReferralView.as_view(), name="api_referral"),
    path("code-lists/", code_lists.CodeListsView.as_view(), name="api_code_lists"),
    path("recipients/", code_lists.RecipientsView.as_view(), name="api_recipients"),
    *[
        path(f"reports/<int:pk>/{verb.value}/", view.as_view(), name=f"api_{verb.value}")
        for verb, view in reports.STEP_VIEWS.items()
    ],
]
