"""The product's routes, and one that forgot to say who may enter."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from hotline.urls import handler400, handler403, handler404, handler500
from hotline.urls import urlpatterns as declared

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def open_door(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


urlpatterns = [*declared, path("open-door/", open_door, name="open_door")]
