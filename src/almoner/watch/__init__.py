"""Synchronous supervision: the findings follow the record as it is written."""
