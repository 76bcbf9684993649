"""People: who may log in, on which machine, and with what right."""
