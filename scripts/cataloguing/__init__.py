"""What `make catalog` does: measure a wide table, guess its catalogue, write a company folder."""
