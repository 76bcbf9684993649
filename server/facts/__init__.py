"""Facts: taking custody of what devices hand over, and making cases out of it."""
