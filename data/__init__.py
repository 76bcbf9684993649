"""What is kept and how it travels: local store, outbox, sync engine, HTTP client."""
