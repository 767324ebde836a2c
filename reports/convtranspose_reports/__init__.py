"""A run on disk: written, read, merged and drawn. Knows no framework and no other package of the
project."""

import lazy_loader

# the names of __init__.pyi, each loaded with its module when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
