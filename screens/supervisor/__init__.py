"""What a supervisor sees: the board, and everything that is decided, moved, imported and edited from it."""
