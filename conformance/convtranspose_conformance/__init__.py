"""A conformance suite for ConvTranspose: every backend asked, every answer judged, every difference
explained.

What other people's code may import stands in `__init__.pyi`, and stays there:

- an adapter: `Backend`, `Call`, `Entry`, the answers that are none (`Unsupported`, `Declined`,
  `Refused`, `Unusable`, `refusals`), and what its script is written with (`Script`, `Name`,
  `Stenographer`);
- a script of CI: `plan` and `execute` with `Limits`, `registered`, and what they raise, all of it a
  `UserError`;
- a notebook: `ask`, `judge_output`, `explanation`, `explained` (not `explain`, which is the name of
  the package behind it: whoever imports that would put a module in the function's place),
  `reproducer`.

Runs are read by `convtranspose_reports`, cases found by `convtranspose_cases`. Nothing is imported
before it is used.
"""

import lazy_loader

# the names of __init__.pyi, each loaded with its module when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
