"""Wakes the watch after whatever may have written."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from almoner.watch.worker import WORKER


class Watch:
    """Outside all others, so that what a request wrote is committed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400 and settings.WATCH:
            WORKER.wake()
        return response
