// The recorded cases nearest to a call, and what each backend answered to them.

const NEARNESS = [ // what a difference in it costs
  ["auto_pad", 8], ["kernel below stride", 6], ["strides", 4], ["dilations", 4], ["pads", 4], ["output_padding", 4], ["output_shape", 6], ["group", 3], ["rank", 6], ["kernel", 3],
  ["opset", 2], ["dtype", 2], ["bias", 1], ["input", 1], ["channels", 1],
];

function likenessOf(said) {
  const list = (name, value) => said[name] ?? said.kernel.map(() => value);
  return {
    ...said, rank: said.kernel.length, strides: list("strides", 1), dilations: list("dilations", 1), output_padding: list("output_padding", 0),
    pads: said.pads ?? said.kernel.flatMap(() => [0, 0]), output_shape: said.output_shape ?? null, group: String(said.group ?? 1),
    auto_pad: said.auto_pad ?? "notset", channels: [said.X[1], said.W[1]],
    "kernel below stride": said.kernel.some((k, i) => (k - 1) * (said.dilations?.[i] ?? 1) + 1 < (said.strides?.[i] ?? 1)),
  };
}

function likenessOfCall(call) {
  const { attributes: given, x, w } = call;
  return likenessOf({
    ...given, X: x, W: w, kernel: w.slice(2), input: x.slice(2), group: given.group, auto_pad: given.auto_pad?.toLowerCase(), dtype: call.dtype,
    opset: String(call.opset), bias: call.b ? "yes" : "no",
  });
}

// Absent and the default are the same here.
function differencesOf(one, other) {
  return NEARNESS.filter(([name]) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}

// [{at, differs}], the nearest first, of the cases with a flag in `among`; `at` is the case's place.
function nearestCases(call, filter, among, count = 3) {
  const own = likenessOfCall(call), found = [];
  filter.summaries.forEach((said, at) => {
    if (!among[at] || said.op !== "convtranspose" || said.data.startsWith("special") || !said.kernel.length) return;
    const differs = differencesOf(own, likenessOf(said));
    found.push({ at, differs: differs.map(([name]) => name), far: differs.reduce((sum, [, cost]) => sum + cost, 0) });
  });
  return found.sort((a, b) => a.far - b.far || a.at - b.at).slice(0, count);
}
