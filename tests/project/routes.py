"""Every route of a urlconf."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from hotline.accounts.access import permission_of

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")

# What stands in a path for each kind of argument. No record has these keys: who may enter gets 404 at most.
SAMPLES: dict[type, Any] = {
    IntConverter: 999_999,
    SlugConverter: "none",
    StringConverter: "none",
    UUIDConverter: "00000000-0000-0000-0000-000000000000",
}


@dataclass(frozen=True)
class Route:
    """A route: its name with namespaces, its view, and the arguments that reverse it."""

    name: str
    view: Callable[..., Any]
    kwargs: dict[str, Any]


def routes(urlconf: str) -> list[Route]:
    """All routes, in order; one without a name is called by its pattern."""
    return list(_walk(importlib.import_module(urlconf).urlpatterns, (), {}))


def _walk(patterns: list[Any], namespaces: tuple[str, ...], kwargs: dict[str, Any]) -> Iterator[Route]:
    for pattern in patterns:
        found = kwargs | {name: _sample(converter) for name, converter in pattern.pattern.converters.items()}
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, inner, found)
        elif isinstance(pattern, URLPattern):
            yield Route(":".join((*namespaces, pattern.name or str(pattern.pattern))), pattern.callback, found)


def _sample(converter: Any) -> Any:
    """A sample for a converter; one of our own names its own as ``sample``."""
    for kind, sample in SAMPLES.items():
        if type(converter) is kind:
            return sample
    return converter.sample


def undeclared(urlconf: str) -> list[str]:
    """The routes that do not say who may enter, whatever the method."""
    return [
        route.name for route in routes(urlconf) if all(permission_of(route.view, method) is None for method in METHODS)
    ]
