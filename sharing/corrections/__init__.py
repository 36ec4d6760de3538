"""Corrections: a department that uses data has its provider verify and mend it (Decree 809 Art. 26)."""
