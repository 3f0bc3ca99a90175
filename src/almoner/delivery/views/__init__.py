"""Views of the stage, a file a subject."""
