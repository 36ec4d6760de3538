"""Where data comes from and goes to: OpenLineage events and the graph of them will live here."""
