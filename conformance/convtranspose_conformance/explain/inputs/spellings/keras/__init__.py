"""Keras's layers as text: the layer, the input that it states, and its activation."""
