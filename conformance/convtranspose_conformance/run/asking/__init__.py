"""How cases are asked: in parallel, one alone, and more on demand."""
