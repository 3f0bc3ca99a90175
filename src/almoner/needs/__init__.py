"""What residents and users asked for."""
