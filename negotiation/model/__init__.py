"""The nouns of a negotiation: parties, issues, packages, stakes. Knows nothing of games."""
