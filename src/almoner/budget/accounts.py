"""What the accounts of the ledger are called."""

AVAILABLE, COMMITTED, ACCEPTED, PAID = "available:", "committed:", "accepted:", "paid:"


def available(appropriation_id: str) -> str:
    """The account of what an appropriation has left."""
    return f"{AVAILABLE}{appropriation_id}"


def source(payer_uscc: str) -> str:
    """The account from which a payer's appropriations come; its balance is never positive."""
    return f"budget:{payer_uscc}"


def committed(contract_id: str) -> str:
    """The account of what is committed to a contract and not yet accepted."""
    return f"{COMMITTED}{contract_id}"


def accepted(contract_id: str) -> str:
    """The account of what was accepted and not yet paid."""
    return f"{ACCEPTED}{contract_id}"


def paid(contract_id: str) -> str:
    """The account of what was paid."""
    return f"{PAID}{contract_id}"
