"""Passing granted data on to a third party, with the provider's consent (Decree 809 Art. 25)."""
