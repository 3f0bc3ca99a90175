"""Complaints and satisfaction surveys."""
