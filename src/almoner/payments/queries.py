"""Reading instalments."""

from almoner.payments.models import Instalment


def instalments_of(contract_id: str) -> list[Instalment]:
    """The instalments of a contract by their numbers."""
    return list(Instalment.objects.filter(contract=contract_id).order_by("seq"))
