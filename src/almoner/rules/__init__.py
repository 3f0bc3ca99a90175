"""What may be decided: limits, calendars, money, formulas. Neither Django nor a database."""
