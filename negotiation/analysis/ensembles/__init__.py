"""Ensembles: many criteria on many packages over very many draws, in chunks, with summaries instead of the draws."""
