"""One file a criterion; each returns a `Verdict` of the same shape."""
