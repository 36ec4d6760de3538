"""What a machine shows to read under a grant."""
