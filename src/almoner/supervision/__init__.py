"""Findings kept as questions: what was found in which run, about whom, and since when."""
