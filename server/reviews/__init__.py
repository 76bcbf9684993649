"""Decisions: what waits for a supervisor, what is decided about it, and taking a decision back."""
