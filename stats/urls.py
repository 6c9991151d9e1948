"""Routes of the read side."""

from django.urls import path, register_converter

from stats.api import YearView
from stats.converters import MonthConverter, YearConverter
from stats.views import months, trend, years

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
    path("api/v1/years/<year:year>/", YearView.as_view(), name="api_year"),
]
