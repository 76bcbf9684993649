"""Alembic's folder: how each version of the tables becomes the next."""
