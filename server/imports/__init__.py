"""Files handed to the server: receivables and contacts read from whatever they come in."""
