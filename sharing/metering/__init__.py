"""What was read through the server: a journal of bytes, and the uses that follow from it."""
