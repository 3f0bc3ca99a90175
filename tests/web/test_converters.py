"""Ids in addresses: whatever they hold they come back, and what no id can hold finds no page."""

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404


@pytest.mark.django_db
@pytest.mark.parametrize("ref", ["C-1", "a/b", "~1", "..", "a?b#c%41", "五山"])
def test_an_id_comes_back_as_it_was(client: Client, ref: str) -> None:
    address = reverse("contract", args=[ref])
    request = client.get(address).wsgi_request
    assert resolve(request.path_info).kwargs == {"ref": ref}


@pytest.mark.parametrize(
    "page",
    [
        *("contracts", "tenders/T-1/documents", "findings", "findings/kinds"),
        *("desk/payments", "desk/evaluations", "desk/tasks", "desk/supervise"),
        "desk/tenders/T-1/document",
    ],
)
def test_no_page_has_an_id_with_a_nul(page: str) -> None:
    """PostgreSQL answers a question for one with an error."""
    assert resolve(f"/en/{page}/AB/").kwargs
    with pytest.raises(Resolver404):
        resolve(f"/en/{page}/A\0B/")
