"""Questions about packages: criteria, margins, break-even, probabilities."""
