"""Routes of the read side."""

from django.urls import path, register_converter

from stats.api import YearView
from stats.converters import MonthConverter, YearConverter
from stats.views import exports, months, releases, trend, years

register_converter(MonthConverter, "month")
register_converter(YearConverter, "year")

app_name = "stats"
urlpatterns = [
    path("months/", months.months, name="months"),
    path("months/<month:month>/", months.month, name="month"),
    path("trend/", trend.trend, name="trend"),
    path("years/", years.year_now, name="year_now"),
    path("years/<year:year>/", years.year, name="year"),
    path("years/<year:year>/export.<slug:file_format>", years.year_export, name="year_export"),
    path("releases/", releases.releases, name="releases"),
    path("releases/draft/", releases.release_draft, name="release_draft"),
    path("releases/late-entries/", releases.late_entries, name="late_entries"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("releases/<int:number>/differences/", releases.release_differences, name="release_differences"),
    path(
        "releases/<int:number>/differences/<int:other>/",
        releases.release_differences_between,
        name="release_differences_between",
    ),
    path("releases/<int:number>/press/", releases.release_press, name="release_press"),
    path("releases/<int:number>/export", exports.release_export, name="release_export"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:key>/", exports.export_job, name="export_job"),
    path("exports/<uuid:key>/cancel", exports.export_cancel, name="export_cancel"),
    path("exports/<uuid:key>/again", exports.export_again, name="export_again"),
    path("exports/<uuid:key>/download", exports.export_download, name="export_download"),
    path("api/v1/years/<year:year>/", YearView.as_view(), name="api_year"),
]
