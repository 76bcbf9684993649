"""Cases: the model, the fold that makes them out of facts, and what a screen asks about them."""
