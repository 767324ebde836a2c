"""Plain convolutions, read as ONNX's Conv."""
