"""Practice: the real call screen on an invented customer, in a store that is thrown away."""
