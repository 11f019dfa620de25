"""A naive second implementation of interface.md §1 (identity), §3 and §4, independent of the product: it imports nothing from core."""
