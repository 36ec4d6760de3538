"""What a using department records of its use (Decree 809 Art. 29)."""
