"""The rules of talks, one file a family: who moves when, what counts as agreement, when it is over."""
