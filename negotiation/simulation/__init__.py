"""Seeded play of negotiations: domains, protocols, strategies, traces, tournaments.

A protocol is a frozen value with one method, ``talk(referee)``. It asks parties for moves through the referee, which keeps
the record, gives each party its own view, and takes the turn from one that errs, hangs or talks nonsense. A kind of move is a
word in an `Event`, ``referee.ask(..., answers=...)`` allows moves of a protocol's own (relax, reimpose, accuse), and
``history=...`` is what that party has seen, with noise or without: the monthly dispute protocol needs nothing else.
"""
