"""Cases: who owns them, how they move, how they are found."""
