"""Tables and sentences made of the files of figures in `benchmarks/figures/`."""
