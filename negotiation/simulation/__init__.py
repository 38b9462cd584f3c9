"""Seeded play of negotiations: domains, protocols, strategies, traces, tournaments.

A protocol is a frozen value with one method, ``talk(referee)``. It asks parties for moves through the referee, which keeps the
record, gives each party its own view, and takes the turn from one that errs, hangs or talks nonsense. A kind of move is a word in
an `Event`, and a view holds the history *that party* has seen, so a protocol may add moves of its own (relax, reimpose, accuse)
and show them with noise: the monthly dispute protocol needs nothing else.
"""
