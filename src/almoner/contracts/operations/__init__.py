"""Drafting and negotiating, signing, and what follows in a contract's life."""
