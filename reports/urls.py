from django.urls import path

from reports.views import past_figure, period, report
from reports.views.chain import chain_view
from reports.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("chain/<slug:noun>/<int:pk>/", chain_view, name="chain_view"),
    path("reports/", report.report_list, name="report_list"),
    path("reports/past-figures/", past_figure.past_figure_list, name="past_figure_list"),
    path("reports/periods/new/", period.period_create, name="period_create"),
    path("reports/periods/<int:pk>/", period.period_detail, name="period_detail"),
    path("reports/periods/<int:pk>/rows/", period.period_rows, name="period_rows"),
    path("reports/periods/<int:pk>/rows.<str:format>/", period.period_rows_export, name="period_rows_export"),
    path("reports/periods/<int:pk>/targets/", period.target_edit, name="target_edit"),
    path("reports/periods/<int:pk>/compile/", report.report_create, name="report_create"),
    path("reports/<int:pk>/", report.report_edit, name="report_edit"),
    path("reports/sections/<int:pk>/", report.report_section_save, name="report_section_save"),
    path("reports/<int:pk>/preview/", report.report_preview, name="report_preview"),
    path("reports/<int:pk>/issue/", report.report_issue, name="report_issue"),
]
