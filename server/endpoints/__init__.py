"""The endpoints, one a file. :mod:`server.routes` lists them."""
