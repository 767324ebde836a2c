"""What `explain --json` prints is what its published schema says."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import numpy as np
import pytest

from convtranspose_cases.notation import find_call
from convtranspose_conformance import explain
from convtranspose_conformance.explain import Subject, json_text
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.prediction.asking import Asking
from convtranspose_conformance.prediction.predict import predictions
from convtranspose_conformance.worker.observation import returned

SCHEMA = json.loads(files(explain).joinpath("explain.schema.json").read_text(encoding="utf-8"))
CALLS = [
    "x_1_1_5_5_w_1_1_3_3_strides_2_2",
    "x_1_4_5_w_4_2_3_bias_group_2_float16",
    "x_1_1_5_5_w_1_1_3_3_strides_2_2_auto_pad_SAME_UPPER_opset_1",
    "x_1_1_5_w_1_1_3_pads_0_-1_plain",
    "conv_x_1_1_5_w_1_1_3",
]


def _data(*told: Subject) -> Any:
    return json.loads(json_text(told))


@pytest.mark.parametrize("call", CALLS)
def test_what_is_printed_is_what_the_schema_says(call: str) -> None:
    jsonschema.validate(_data(Subject(case=find_call(f"call/{call}"))), SCHEMA)


def test_a_layer_has_its_notes_and_a_model_would_have_several() -> None:
    layers = [*subjects("nn.ConvTranspose2d(4, 2, 3)"), *subjects("nn.ConvTranspose1d(4, 2, 3)")]
    told = _data(*layers)
    jsonschema.validate(told, SCHEMA)
    assert [len(each["call"]["x"]) for each in told["explained"]] == [4, 3]
    assert all(each["notes"] for each in told["explained"])


def test_what_a_backend_was_seen_to_do_is_there() -> None:
    case = find_call("call/x_1_1_2_w_1_1_2")
    (first, *_) = predictions(case)
    other = returned(np.zeros((1, 1, 9), np.float32))
    live = Asking(prediction=first, version="1", seen=other)
    told = json.loads(json_text([Subject(case=case)], [[live]]))
    jsonschema.validate(told, SCHEMA)
    (asked,) = told["explained"][0]["asked"]
    assert (asked["parts"], asked["saw"]) == (True, "returned [1, 1, 9]")


def test_a_key_that_the_schema_does_not_know_is_refused() -> None:
    told = _data(Subject(case=find_call(f"call/{CALLS[0]}")))
    told["explained"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(told, SCHEMA)
