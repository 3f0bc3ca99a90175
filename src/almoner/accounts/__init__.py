"""People, the roles granted to them, and who may do what."""
