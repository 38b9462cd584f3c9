"""Repeated games: what patience sustains, which payoffs are equilibria, and which automata hold each other."""
