"""The ``duecall server …`` commands, one subject a file. :mod:`server.cli` mounts them."""
