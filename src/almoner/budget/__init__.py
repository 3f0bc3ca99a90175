"""Appropriations and the double-entry ledger."""
