"""JAX's functions, and the layers of Flax, which take its rule."""
