"""Cases and their exact outputs as files in the layout of ONNX's backend tests, with a manifest of
what conforms: for a runner in any language."""
