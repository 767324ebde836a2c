"""The calls of each framework as text, by its own signature and size rule."""
