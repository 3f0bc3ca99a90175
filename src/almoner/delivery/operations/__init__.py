"""Operations of the stage, a file a subject."""
