"""Routes of the administration pages, wherever their views live."""

from django.urls import path

from cases.views import administration_codes as codes
from cases.views import administration_coverage as coverage
from cases.views import administration_recipients as recipients
from hotline import views
from hotline.accounts.views import erasing, factors, provider, users
from hotline.health import views as health
from stats.views import administration_history as history
from stats.views import administration_rules as rules
from stats.views import retention

app_name = "administration"
urlpatterns = [
    path("", views.administration, name="home"),
    path("is-all-well/", health.alarms, name="alarms"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add_user, name="user_add"),
    path("users/<int:pk>/", users.change_user, name="user_change"),
    path("users/<int:pk>/invitation/", users.invite, name="user_invite"),
    path("users/<int:pk>/invitation/withdraw/", users.withdraw_invitation, name="user_invite_withdraw"),
    path("users/<int:pk>/erase/", erasing.erase_user, name="user_erase"),
    path("users/<int:pk>/factors/", factors.reset, name="user_factors"),
    path("users/<int:pk>/identity/", provider.link, name="user_identity"),
    path("second-factor/", factors.rules, name="factors"),
    path("retention/", retention.retention, name="retention"),
    path("recipients/", recipients.recipients, name="recipients"),
    path("recipients/add/", recipients.add_recipient, name="recipient_add"),
    path("recipients/<int:pk>/", recipients.change_recipient, name="recipient_change"),
    path("code-lists/", codes.code_lists, name="code_lists"),
    path("code-lists/age-schemes/", codes.age_schemes, name="age_schemes"),
    path("code-lists/<slug:name>/", codes.code_list, name="code_list"),
    path("code-lists/<slug:name>/add/", codes.add_code, name="code_add"),
    path("code-lists/<slug:name>/<slug:code>/", codes.change_code, name="code_change"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/add/", coverage.add_period, name="coverage_add"),
    path("coverage/<int:pk>/", coverage.change_period, name="coverage_change"),
    path("coverage/<int:pk>/remove/", coverage.remove_period, name="coverage_remove"),
    path("published-totals/", history.totals, name="totals"),
    path("published-totals/add/", history.add_total, name="total_add"),
    path("published-totals/<int:pk>/remove/", history.remove_total, name="total_remove"),
    path("counting-rules/", rules.rules, name="rules"),
    path("counting-rules/add/", rules.add_rule, name="rule_add"),
    path("counting-rules/<int:pk>/", rules.change_rule, name="rule_change"),
    path("counting-rules/<int:pk>/remove/", rules.remove_rule, name="rule_remove"),
]
