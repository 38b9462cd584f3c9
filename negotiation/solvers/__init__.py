"""Solvers: one file a method, each a frozen value whose fields are its options. Knows only games."""
