"""`python -m convtranspose_conformance`: the command `convtranspose`."""

from .cli.main import main

if __name__ == "__main__":
    main()
