"""What the methods say of scores, surveys and outcomes, kept for the pages with how sure it is."""
