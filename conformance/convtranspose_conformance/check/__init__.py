"""Every node of a model that the reference knows, with its real weights and shapes: each backend
held against it node by node, and along the whole chain."""
