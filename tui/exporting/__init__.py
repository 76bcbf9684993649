"""Figures on their way out: as a picture, as a printed page."""
