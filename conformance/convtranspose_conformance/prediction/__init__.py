"""What each backend does with one call, worked out without asking it: from its declarations, the
readings that it was seen to follow, and what its API cannot say."""

import lazy_loader

# the names of __init__.pyi, each loaded with its module when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
