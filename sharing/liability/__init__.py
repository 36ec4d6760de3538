"""What the law holds departments liable for, as it follows from the ledger (Art. 39 to 41)."""
