"""Reading instalments."""

from almoner.payments.models import Instalment
from almoner.prepared import Prepared

_INSTALMENTS = Prepared(
    lambda contract_id: Instalment.objects.filter(contract=contract_id).order_by("seq")
)


def instalments_of(contract_id: str) -> list[Instalment]:
    """The instalments of a contract by their numbers."""
    return _INSTALMENTS(contract_id)
