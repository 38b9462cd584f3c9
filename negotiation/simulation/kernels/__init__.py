"""Compiled loops over many negotiations at once."""
