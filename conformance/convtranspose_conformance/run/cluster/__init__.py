"""A run whose questions are asked on other machines, through a dask.distributed cluster."""
