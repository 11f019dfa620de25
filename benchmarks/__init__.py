"""The measured claims: each script prints both sides of its ratio, measured in one run."""
