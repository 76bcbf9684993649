"""Sync with the central server: an engine that decides, without any I/O, and a driver that does what it decides."""
