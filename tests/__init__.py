"""A package, so that `tests.catalog` never hides the `catalog` that it tests."""
