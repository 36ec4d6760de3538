"""Disputes: negotiated, then decided by the authority or the government both have (Decree 809 Art. 28)."""
