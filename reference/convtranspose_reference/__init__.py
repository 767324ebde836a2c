"""What ConvTranspose and Conv mean: a NumPy reference that refuses what the operator text
forbids."""

import lazy_loader

# the names of __init__.pyi, each loaded with its module when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
