"""Models in ONNX files, and single nodes of theirs."""
