"""Whether what was signed is still what is kept."""

from collections.abc import Iterator

from django.db.models import Prefetch

from almoner.contracts.models import ContractFile, Side, Signature
from almoner.rules.contract_text import sha256_of


def faults() -> Iterator[str]:
    """What is wrong with signatures and texts, an English sentence a fault."""
    standing = Prefetch("signatures", Signature.objects.filter(void=False), to_attr="standing")
    files = ContractFile.objects.exclude(text="").prefetch_related(standing).order_by("pk")
    for file in files.iterator(chunk_size=500):
        signatures: list[Signature] = vars(file)["standing"]
        kept = sha256_of(file.text)
        for one in signatures:
            if one.sha256 != kept:
                yield f"contract {file.pk}: the {one.side} signed another text than is kept"
        if file.contract_id and {one.side for one in signatures} != set(Side.values):
            yield f"contract {file.pk} is concluded without the signatures of both sides"
