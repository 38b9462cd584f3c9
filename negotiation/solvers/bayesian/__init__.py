"""Games of incomplete information: Bayes-Nash equilibria, and perfect Bayesian equilibria of signalling games."""
