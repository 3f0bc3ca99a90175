"""Contracts, workload terms, changes and committed money."""
