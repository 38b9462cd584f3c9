"""Solvers for game trees: backward induction, sequence form, normal forms, and the checks that certify them."""
