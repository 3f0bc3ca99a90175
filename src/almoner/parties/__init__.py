"""Areas, organisations and their ties, workers, pay."""
