"""The published catalogue in the words of others: DCAT-AP, DCAT-US, CSV, and the EU's points for it."""
