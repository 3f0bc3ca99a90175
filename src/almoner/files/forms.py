"""A form's field for a file."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from almoner.files.kinds import MEDIA_TYPES, TEXT_TYPES
from almoner.files.operations import check
from almoner.rules.refusal import Refused
from almoner.web.reasons import sentence


class FileField(forms.FileField):
    """A file of a kind and size that is taken; CSV and plain text only with `text`."""

    default_error_messages = {
        "required": _("Choose a file"),
        "invalid": _("The file did not arrive. Choose it again."),
        "missing": _("The file did not arrive. Choose it again."),
        "empty": _("This file is empty. Choose another."),
        "contradiction": _("Either choose a file or remove it, not both."),
    }

    def __init__(self, *, text: bool = False, **options: Any) -> None:
        self.text = text
        self.endings = [*MEDIA_TYPES, "jpeg", *(TEXT_TYPES if text else ())]
        kinds = ", ".join(ending.upper() for ending in self.endings)
        hint = format_lazy(_("{kinds}; up to {limit} MB."), kinds=kinds, limit=settings.MAX_FILE_MB)
        options.setdefault("help_text", hint)
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "accept": ",".join(f".{one}" for one in self.endings),
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload, once its name, size and content were looked at."""
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            try:
                check(upload, text=self.text)
            except Refused as refused:
                raise forms.ValidationError(sentence(refused), code=refused.code) from refused
        return upload
