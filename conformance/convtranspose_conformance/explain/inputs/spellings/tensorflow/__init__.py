"""TensorFlow's functions, which are told the size of the output."""
