"""The form of an import."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract
from almoner.delivery.workbook import MOST_BYTES
from almoner.rules.refusal import Refused
from almoner.web.format import name_of
from almoner.web.reasons import sentence


class ImportForm(forms.Form):
    """A file, and the contract whose month it is."""

    use_required_attribute = False

    contract = forms.ChoiceField(
        label=_("Contract"), error_messages={"required": _("Choose a contract")}
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("An XLSX file made from the template, one month, 2 MB and 5,000 rows at most."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, data: Any, files: Any, contracts: Iterable[Contract]) -> None:
        super().__init__(data, files, label_suffix="")
        choices = [(one.id, f"{one.id} · {name_of(one.area)}") for one in contracts]
        self.fields["contract"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[bytes]":
        """A file within the limit: nothing reads more."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                sentence(Refused("file_big", most=f"{MOST_BYTES // 1_000_000} MB"))
            )
        return file
