"""The report for managers: the content of a publication as one self-contained page."""
