"""What all tests of a module begin with is made once; none of them sees another's."""

from collections.abc import Callable

import pytest
from django.db import connection
from tests.disclosure.cast import Stage, stage
from tests.once import once_a_module

from almoner.parties.models import Organisation

pytestmark = pytest.mark.django_db
copies = once_a_module(stage)


@pytest.mark.parametrize("time", [1, 2])
def test_neither_a_row_nor_an_object_of_one_test_reaches_another(
    copies: Callable[[], Stage], time: int
) -> None:
    on = copies()
    assert on.provider.name_en == copies().provider.name_en == "Mingxin Centre"
    on.provider.name_en = "Changed"
    on.provider.save()
    assert not Organisation.objects.filter(uscc="ADDED").exists()
    Organisation.objects.create(uscc="ADDED", name_zh="新", kinds="provider", status="active")


def test_the_whole_module_stands_on_it() -> None:
    assert (
        connection.in_atomic_block
        and Organisation.objects.filter(name_en="Mingxin Centre").exists()
    )
