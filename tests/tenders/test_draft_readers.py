"""Who reads a tender before it is published."""

import pytest
from tests.tenders.draft_cast import cast, draft

from almoner.parties.models import Area, Organisation
from almoner.tenders.queries.drafting import tender_rows
from almoner.tenders.queries.files import file_for

pytestmark = pytest.mark.django_db


def test_who_supervises_reads_the_tenders_of_his_place_and_below() -> None:
    """The agency of the cast stands for the supervising body."""
    made = cast()
    file, agency = draft(made), made.on.agency
    beside = Area.objects.create(
        code="440105", level="district", name_zh="海珠区", parent=made.on.district.parent
    )
    for area, reads in ((made.on.street, True), (made.on.district, True), (beside, False)):
        Organisation.objects.filter(pk=agency.pk).update(area=area)
        assert (file_for(made.actor("supervisor"), file.pk) == file) is reads, area
        assert len(tender_rows(made.actor("supervisor"))) == int(reads)
    Organisation.objects.filter(pk=agency.pk).update(area=None)
    assert file_for(made.actor("supervisor"), file.pk) is None
