"""What may be purchased, and the frameworks by which it is judged."""
