"""HTTP: bodies in and out, errors, rights, and how a request finds its endpoint."""
