from django.urls import URLPattern, path

from documents.views import paper, register, workbook, workbook_import

urlpatterns: list[URLPattern] = [
    path("papers/<int:pk>/<slug:kind>/", paper.paper_file, name="paper_file"),
    path("places/list.<str:format>/", register.place_export, name="place_export"),
    path("accounts/list.<str:format>/", register.account_export, name="account_export"),
    path("workbooks/", workbook.import_list, name="import_list"),
    path("workbooks/<int:pk>/", workbook_import.import_detail, name="import_detail"),
    path("workbooks/<int:pk>/progress/", workbook_import.import_progress, name="import_progress"),
    path("workbooks/<int:pk>/confirm/", workbook_import.import_confirm, name="import_confirm"),
    path("workbooks/<int:pk>/resume/", workbook_import.import_resume, name="import_resume"),
    path("workbooks/<int:pk>/discard/", workbook_import.import_discard, name="import_discard"),
    path("workbooks/<int:pk>/errors/", workbook_import.import_errors, name="import_errors"),
    path("workbooks/<slug:kind>/", workbook.import_upload, name="import_upload"),
    path("workbooks/<slug:kind>/template/", workbook.import_template, name="import_template"),
    path("workbooks/<slug:kind>/<slug:format>/", workbook.import_export, name="import_export"),
]
