"""How departments provide and use shared data in a period, for the report of Decree 809 Art. 38."""
