"""Learning by regret: in normal form, and at every information set of a tree."""
