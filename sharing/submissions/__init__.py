"""How a department's entries come into the catalogue: changes, submissions, reviews, sources."""
