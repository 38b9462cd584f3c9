"""Hypothesis strategies for negotiations and games, and laws to run on payoffs of your own."""
