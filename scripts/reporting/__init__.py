"""The report for managers: what a publication holds, as one page that needs nothing else."""
