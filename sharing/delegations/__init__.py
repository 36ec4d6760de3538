"""Somebody decides in another's place for a time."""
