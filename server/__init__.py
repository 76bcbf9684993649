"""The central server: endpoints, feeds, imports, promise judging, database."""
