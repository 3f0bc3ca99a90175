"""Evaluations, ratings, consequences and measured change in users."""
