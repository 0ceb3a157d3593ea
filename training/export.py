"""Write the trained net as ONNX: batch norms folded, weights kept as 16-bit floats, arithmetic in 32-bit.

python training/export.py --net net.pt
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from net import DigitNet, folded
from onnx import TensorProto, helper, numpy_helper

OUT = Path(__file__).parents[1] / "src" / "sirekap" / "reading" / "data" / "digits.onnx"


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large weights stored as float16 and cast when it is loaded."""
    graph = model.graph
    casts = []
    for number, weight in enumerate(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 64:
            continue
        name, stored = weight.name, f"{weight.name}.half"
        casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
        graph.initializer[number].CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    net = DigitNet()
    net.load_state_dict(torch.load(options.net))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        folded(net),
        (torch.zeros(2, 1, 40, 40),),
        str(options.out),
        input_names=["crops"],
        output_names=["logits"],
        dynamic_axes={"crops": {0: "n"}, "logits": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.save(halved(onnx.load(options.out)), options.out)


if __name__ == "__main__":
    main()
