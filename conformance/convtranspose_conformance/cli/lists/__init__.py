"""What `convtranspose list` lists, a module each: its `lines`, given the suites that are asked
for."""
