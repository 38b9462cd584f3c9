"""Compiled loops on plain arrays. No classes, no names, no checks: the doors in front of them do that."""
