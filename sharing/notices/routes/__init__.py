"""The lines of the routing table, by what they are about."""
