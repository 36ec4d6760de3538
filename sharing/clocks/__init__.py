"""The law's clocks: what must be done by which working day, and by whom."""
