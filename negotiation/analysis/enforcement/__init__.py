"""Criterion 8 beyond one verdict: the best package that holds, patience as a curve, how long to punish under noise."""
