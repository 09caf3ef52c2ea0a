"""How fast it is: against the plain way, and as the archive grows."""
