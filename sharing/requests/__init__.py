"""Requests for data, from the draft to the reply (Decree 809 Art. 20, 21)."""
