"""The kernel: errors, time, identity, canonical bytes. Knows nothing of datasets."""
