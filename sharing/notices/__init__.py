"""Notices: who is told of what happened, and the outbox that they leave by."""
