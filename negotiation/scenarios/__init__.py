"""Shipped scenarios, and the door to them."""
