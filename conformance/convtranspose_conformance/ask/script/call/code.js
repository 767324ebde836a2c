// A call as code of each framework, right whatever its attributes: what one call says, else the full
// output, cropped or filled up with zeros.

const tuple = (numbers) => (numbers.length === 1 ? `(${numbers[0]},)` : `(${numbers.join(", ")})`);
const listed = (numbers) => `[${numbers.join(", ")}]`;
const unless = (numbers, value) => (numbers.every((n) => n === value) ? null : numbers);
const spelled = (given) => given.filter(([, value]) => value !== null).map(([name, value]) => `, ${name}=${value}`).join("");

// Per axis {begin, end, full, size}: what is cut off the full output, below 0 what is added to it.
function cutsOf(call) {
  const g = placed(call);
  return g.axes.map((axis, i) => {
    const full = axis.stride * (axis.input - 1) + axis.reach, begin = g.begins[i], size = g.sizes[i];
    return { axis, full, begin, size, end: full - begin - size };
  });
}

function codesOf(call) {
  if ([...call.x, ...call.w].includes(0) || placed(call).y.includes(0)) return [];
  return [["PyTorch", torchCode(call)], ["TensorFlow", tensorflowCode(call)], ["ONNX", onnxCode(call)]];
}

function torchCode(call) {
  const cuts = cutsOf(call), rank = cuts.length, strides = unless(cuts.map((c) => c.axis.stride), 1), dilations = unless(cuts.map((c) => c.axis.dilation), 1);
  const extra = cuts.map((c) => c.begin - c.end), isOne = cuts.every((c, i) => c.begin >= 0 && extra[i] >= 0 && extra[i] < Math.max(c.axis.stride, c.axis.dilation));
  const begins = isOne ? unless(cuts.map((c) => c.begin), 0) : null, ends = isOne ? unless(extra, 0) : null, group = groupOf(call);
  const lines = ["import torch.nn.functional as F", ""];
  const biasIn = call.b && isOne;
  lines.push(`Y = F.conv_transpose${rank}d(X, W${biasIn ? ", B" : ""}` + spelled([["stride", strides && tuple(strides)], ["padding", begins && tuple(begins)],
    ["output_padding", ends && tuple(ends)], ["groups", group === 1 ? null : group], ["dilation", dilations && tuple(dilations)]]) + ")");
  if (isOne) return { lines, why: "" };
  const pads = cuts.slice().reverse().flatMap((c) => [-c.begin, -c.end]);
  lines.push(`Y = F.pad(Y, ${tuple(pads)})  # below 0: cropped, above: zeros; the last axis first`);
  if (call.b) lines.push(`Y = Y + B.reshape(${[1, -1, ...cuts.map(() => 1)].join(", ")})`);
  return { lines, why: "No padding and output_padding say it: PyTorch cuts padding off both ends, and puts output_padding back at the end." };
}

function tensorflowCode(call) {
  const cuts = cutsOf(call), rank = cuts.length, group = groupOf(call), maps = mapsOf(call), axes = cuts.map((_, i) => i), why = [];
  const dilated = cuts.some((c) => c.axis.dilation > 1), same = cuts.every(isSame) && !dilated;
  const told = same ? cuts.map((c) => c.size) : cuts.map((c) => Math.min(Math.max(c.begin + c.size, c.full), c.full + c.axis.stride - 1));
  const lines = [...(dilated ? ["import numpy as np"] : []), "import tensorflow as tf", "", `x = tf.transpose(X, ${listed([0, ...axes.map((i) => i + 2), 1])})  # channels last`,
    `w = tf.transpose(W, ${listed([...axes.map((i) => i + 2), 1, 0])})  # kernel, M/group, C`];
  if (dilated) {
    why.push("Few of its CPU kernels take dilations: the kernel is written out with the dilation's zeros.");
    const reach = cuts.map((c) => c.axis.reach), steps = cuts.map((c) => (c.axis.dilation > 1 ? `::${c.axis.dilation}` : ":")).join(", ");
    lines.push(`wide = np.zeros((${reach.join(", ")}, ${call.w[1]}, ${call.w[0]}), W.dtype)`, `wide[${steps}] = w`, "w = tf.constant(wide)");
  }
  const shape = listed([call.x[0], ...told, group === 1 ? maps : call.w[1]]), rest = `${shape}, strides=${listed(cuts.map((c) => c.axis.stride))}, padding="${same ? "SAME" : "VALID"}"`;
  if (group === 1) lines.push(`y = tf.nn.conv${rank}d_transpose(x, w, ${rest})`);
  else {
    why.push("Few of its CPU kernels take groups: each is a call of its own.");
    lines.push("y = tf.concat([", `    tf.nn.conv${rank}d_transpose(x_, w_, ${rest})`,
      `    for x_, w_ in zip(tf.split(x, ${group}, axis=-1), tf.split(w, ${group}, axis=-1))`, "], axis=-1)");
  }
  if (!same && cuts.some((c, i) => c.begin !== 0 || told[i] !== c.size)) {
    why.push("Neither VALID nor SAME cuts so: it is cropped, or filled up with zeros.");
    const crops = cuts.map((c, i) => (c.begin > 0 || told[i] > c.begin + c.size ? `${Math.max(c.begin, 0)}:${Math.min(c.begin + c.size, told[i])}` : ":"));
    if (crops.some((each) => each !== ":")) lines.push(`y = y[:, ${crops.join(", ")}]`);
    const added = cuts.map((c, i) => [Math.max(-c.begin, 0), Math.max(c.begin + c.size - told[i], 0)]);
    if (added.flat().some(Boolean)) lines.push(`y = tf.pad(y, [[0, 0], ${added.map(listed).join(", ")}, [0, 0]])`);
  } else if (!same && told.some((size, i) => size !== cuts[i].full)) why.push("output_padding is said by the shape of the output that the call is told.");
  if (call.b) lines.push("y = tf.nn.bias_add(y, B)");
  lines.push(`Y = tf.transpose(y, ${listed([0, rank + 1, ...axes.map((i) => i + 1)])})`);
  lines.splice(dilated ? 3 : 2, 0, `# sizes are those of an X of ${call.x.slice(2).join("x")}: told = stride * (input - 1) + what is added`);
  return { lines, why: why.join(" ") };
}

// Is it what TensorFlow's SAME cuts?
function isSame(c) {
  const total = Math.max(c.axis.stride * (c.axis.input - 1) + c.axis.reach - c.size, 0);
  return -floored(-c.size, c.axis.stride) === c.axis.input && floored(total, 2) === c.begin;
}

function onnxCode(call) {
  const cuts = cutsOf(call), isOne = cuts.every((c) => c.begin >= 0 && -c.end < c.axis.stride), group = groupOf(call);
  const given = [["strides", unless(cuts.map((c) => c.axis.stride), 1)], ["dilations", unless(cuts.map((c) => c.axis.dilation), 1)],
    ["pads", isOne ? unless([...cuts.map((c) => c.begin), ...cuts.map((c) => Math.max(c.end, 0))], 0) : null],
    ["output_padding", isOne ? unless(cuts.map((c) => Math.max(-c.end, 0)), 0) : null]].map(([name, value]) => [name, value && listed(value)]);
  const inputs = '["X", "W"' + (call.b && isOne ? ', "B"' : "") + "]", node = `helper.make_node("ConvTranspose", ${inputs}, ["${isOne ? "Y" : "sums"}"]` +
    spelled([["group", group === 1 ? null : group], ...given]) + ")";
  const lines = ["from onnx import TensorProto, helper", ""];
  if (isOne) return { lines: [...lines, `nodes = [${node}]`], why: call.attributes.auto_pad || call.attributes.output_shape ? "Pads are written out: runtimes read auto_pad and output_shape differently." : "" };
  const amounts = [0, 0, ...cuts.map((c) => -c.begin), 0, 0, ...cuts.map((c) => -c.end)];
  const after = call.b ? '"padded"' : '"Y"', nodes = [node, `helper.make_node("Pad", ["sums", "amounts"], [${after}])`];
  if (call.b) nodes.push('helper.make_node("Add", ["padded", "B_"], ["Y"])  # B_ is B of shape ' + listed([mapsOf(call), ...cuts.map(() => 1)]));
  return {
    lines: [...lines, "nodes = [", ...nodes.map((each) => `    ${each.replace(/\)(  #.*)?$/, "),$1")}`), "]",
      `amounts = helper.make_tensor("amounts", TensorProto.INT64, [${amounts.length}], ${listed(amounts)})`],
    why: "No pads and output_padding that every runtime takes say it: a Pad node does the rest.",
  };
}
