"""Files are kept whole, on record, and given out as downloads only."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import override
from tests.files.samples import PDF

from almoner.audit.models import Event
from almoner.exchange.verify import verify
from almoner.files import store
from almoner.files.forms import FileField
from almoner.files.models import Attachment
from almoner.files.operations import attach
from almoner.files.queries import attached, attachment_of
from almoner.files.views import download
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor

AT = datetime(2026, 7, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def put(name: str = "方案 one.pdf", content: bytes = PDF, **more: Any) -> Attachment:
    given: dict[str, Any] = {"subject_id": "B-1", "purpose": "proposal", "at": AT, **more}
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # as a browser may send it, before Django cuts the path off
    return attach(actor=Actor("director"), upload=upload, subject_table="bids", **given)


def on_disk() -> list[Path]:
    return [path for path in store.path_of("aa").parent.parent.rglob("*") if path.is_file()]


def faults() -> list[str]:
    return dict(verify())["attachments"]


def test_a_file_is_kept_under_a_random_name_with_its_hash() -> None:
    made = put("../../方案 one.pdf")
    path = store.path_of(made.id)
    assert path.read_bytes() == PDF and on_disk() == [path]
    assert "one" not in str(path.relative_to(store.path_of("aa").parent.parent))
    assert (made.name, made.media_type, made.size) == ("方案 one.pdf", "application/pdf", len(PDF))
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor, event.subject_id) == ("file.attach", "director", "B-1")
    assert made.sha256 in event.after and "one" not in event.after


def test_two_files_of_the_same_name_stay_apart_and_are_found_by_subject() -> None:
    first, second = put(), put(at=AT + timedelta(seconds=1))
    other = put(subject_id="B-2")
    put(purpose="reply")
    assert attached("bids", "B-1", "proposal") == [first, second]
    assert len(attached("bids", "B-1")) == 3
    assert attachment_of(other.id, "bids", "B-2") == other
    assert attachment_of(other.id, "bids", "B-1") is None
    assert attachment_of(other.id, "contracts", "B-2") is None


@pytest.mark.parametrize(
    ("size", "code"), [(1_000_000, None), (1_000_001, "file_too_big"), (0, "file_empty")]
)
def test_the_size_is_limited(settings: Any, size: int, code: str | None) -> None:
    settings.MAX_FILE_MB = 1
    content = (PDF + bytes(size))[:size]
    if code is None:
        assert put(content=content).size == size
        return
    with pytest.raises(Refused) as refused:
        put(content=content)
    assert refused.value.code == code
    assert not on_disk() and not Attachment.objects.exists() and not Event.objects.exists()


def test_what_is_refused_leaves_nothing() -> None:
    with pytest.raises(Refused):
        put("plan.docx")
    assert not on_disk() and not Attachment.objects.exists()


def test_a_disk_that_fails_leaves_neither_file_nor_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("almoner.files.store.os.fsync", full)
    with pytest.raises(OSError, match="no space"), transaction.atomic():
        put()
    assert not on_disk() and not Attachment.objects.exists()


def test_verify_misses_a_file_that_is_gone_or_changed_and_minds_no_orphan() -> None:
    made = put()
    path = store.path_of(made.id)
    (path.parent / "0123.part").write_bytes(b"half")
    (path.parent / "0123").write_bytes(b"orphan")
    assert faults() == []
    path.write_bytes(PDF + b"x")
    assert "was changed" in faults()[0]
    path.unlink()
    assert "cannot be read" in faults()[0]


def test_a_download_is_no_page_of_ours() -> None:
    response = download(put('方案 "one"; x.pdf'))
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%96%B9%E6%A1%88%20_one__%20x.pdf"
    )
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"


def _form(field: Callable[[], FileField]) -> type[forms.Form]:
    return type("AForm", (forms.Form,), {"plan": field()})


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("plan.pdf", PDF, None),
        ("plan.pdf", b"", "This file is empty. Choose another."),
        ("plan.exe", PDF, "plan.exe is not of a kind that is taken"),
        ("plan.csv", b"a,b", "plan.csv is not of a kind that is taken"),
        (None, b"", "Choose a file"),
    ],
)
def test_a_form_says_what_is_wrong_with_a_file(
    name: str | None, content: bytes, fault: str | None
) -> None:
    files = {"plan": SimpleUploadedFile(name, content)} if name else {}
    form = _form(FileField)({}, files)
    assert form.is_valid() == (fault is None)
    assert fault is None or fault in form.errors["plan"][0]


def test_a_form_names_the_kinds_and_the_limit_in_both_languages(settings: Any) -> None:
    field = FileField(text=True)
    assert "PDF, PNG" in str(field.help_text) and "up to 20 MB" in str(field.help_text)
    with override("zh-hans"):
        assert "不超过 20 MB" in str(field.help_text)
    assert ".csv" in field.widget.attrs["accept"]
    form = _form(lambda: FileField(text=True))({}, {"plan": SimpleUploadedFile("a.csv", b"a,b")})
    assert form.is_valid()
