"""Tenders, award criteria, bids and panel scores."""
