"""The pages of contracts: on the desk, and the text for everybody."""
