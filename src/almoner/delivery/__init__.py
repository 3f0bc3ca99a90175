"""Service records, their monthly rollups, and tasks asked outside the contract."""
