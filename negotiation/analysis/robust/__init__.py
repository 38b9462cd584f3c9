"""Offers for those who trust ranges more than points: least regret, enough with a stated probability, and the curve between."""
