"""Queries of the stage, a file a subject."""
