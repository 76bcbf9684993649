"""The same screens in a browser: one process a session, on this machine alone or behind an encrypting proxy."""
