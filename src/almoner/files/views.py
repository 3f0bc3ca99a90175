"""Giving out a file. Which one, and to whom, each stage decides in a view of its own."""

from django.http import FileResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from almoner.files import store
from almoner.files.models import Attachment


def download(attachment: Attachment) -> HttpResponseBase:
    """The file as a download, which no browser shows as a page of ours."""
    response = FileResponse(store.path_of(attachment.id).open("rb"))
    response["Content-Type"] = attachment.media_type
    response["Content-Length"] = str(attachment.size)
    response["Content-Disposition"] = content_disposition_header(True, attachment.name) or ""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
