"""What moves say about stakes: likelihoods, posteriors, sets of rational stakes, forecasts of the next move, the timeline."""
