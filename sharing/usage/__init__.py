"""What was measured of the use of shared data, and what its user's own log says of it."""
