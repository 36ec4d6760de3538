"""Acts done once under a key that their caller chose."""
