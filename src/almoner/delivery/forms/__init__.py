"""Forms of the stage, a file a subject."""
