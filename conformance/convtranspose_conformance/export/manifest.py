"""What MANIFEST.json holds: each test, the case that it is of, and every answer that conforms."""

import msgspec

FORMAT = 1


class Alternative(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Another answer that conforms, under readings of clauses that the text leaves open.

    `readings` are the choices that lead to it (clause -> reading); `refused` says why they refuse
    the call, and is left out where they answer it: then `path` is the folder of the output, of
    `shape`. `equality` is that of the test, and left out where it is owed.
    """

    readings: list[dict[str, str]]
    refused: str = ""
    path: str = ""
    shape: list[int] | None = None
    equality: bool = True


class Exported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test: a folder of ONNX's layout at `path`.

    `expects` is `output`, or `refusal`: the model, or its run, has to be refused, for `reason`.
    `shape` is that of the output. `equality`: is it owed everywhere? Else `least_0.pb` and
    `most_0.pb` beside `output_0.pb` say, element by element, between which numbers it is right.
    `atol` is the largest distance between those and the output. `clauses` are those of the operator
    text that the case touches; `alternatives` what open ones allow besides. `files` is path ->
    SHA-256 of every file of the test, relative to the folder of the manifest.
    """

    name: str
    case: str
    summary: str
    op: str
    opset: int
    dtype: str
    clauses: list[str]
    path: str
    expects: str
    reason: str
    shape: list[int] | None
    equality: bool
    atol: float
    alternatives: list[Alternative]
    files: dict[str, str]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of an export. `partial` says why it is less than its suites; "" = they are whole."""

    format: int = FORMAT
    suite_version: str
    seed: int
    partial: str
    suites: dict[str, int]
    clauses: dict[str, str]
    tests: list[Exported]
