"""Solving conflicts in the graph model: who would leave a state, what stops it, and where that ends."""
