"""City packages in and out of the database, and the checks that it is whole."""
