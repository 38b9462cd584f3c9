"""Disputes over time: every period parties relax, reimpose, accuse or offer to begin anew, and see each other through noise."""
