"""What may be concluded, from sufficient statistics: numpy, scipy and the standard library."""
