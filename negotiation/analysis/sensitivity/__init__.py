"""Which unknown drives an answer: variance shares, tornado, maps of where it flips, and what finding out would be worth."""
