"""Bargaining on utilities: frontier, solutions, alternating offers, coalitions."""
