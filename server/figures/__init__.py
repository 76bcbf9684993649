"""Figures: narrow rows and counters kept up with every change, and the reports read from them."""
