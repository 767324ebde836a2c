"""One call explained to someone who has to write it elsewhere: sizes step by step, sums, other
readings, code.

Four rooms, each resting on those before it: `geometry` (which part of the full output a call keeps,
and why), `code` (the call in each framework), `inputs` (what a person has, read into a case) and
`pages` (the explanation as text and as HTML).
"""

import lazy_loader

# the names of __init__.pyi, each loaded with its module when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
