"""Instalments: due, accepted, paid."""
