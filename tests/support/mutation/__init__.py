"""Mutants of the operator, written by hand and made by cosmic-ray: who kills them, and what
diagnosis says of them."""
