from django.urls import URLPattern, path

from documents import views

urlpatterns: list[URLPattern] = [
    path("papers/<int:pk>/<slug:kind>/", views.paper_file, name="paper_file"),
]
