"""The end of a grant's purpose and what becomes of the data then (Decree 809 Art. 27)."""
