"""Changes of a service that departments rely on: consulted, then filed (Decree 809 Art. 27)."""
