"""Who is asked: what an adapter is made of (`api`, `entry`, `script`), the adapters, each with its
script beside it, and the names under which they are asked for (`registry`).

A façade for other people's adapters: what stands here stays here.
"""

import lazy_loader

# the names of __init__.pyi, each loaded with its module when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
