"""A negotiation seen as a game."""
