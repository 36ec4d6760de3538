"""Periodic review of grants, their renewal, and what is left when one ends."""
