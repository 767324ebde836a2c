// The recorded cases nearest to a call, and what each backend answered to them.

const BELOW = "kernel below stride";
const NEARNESS = [ // what a difference in it costs
  ["auto_pad", 8], [BELOW, 6], ["strides", 4], ["dilations", 4], ["pads", 4], ["output_padding", 4], ["output_shape", 6], ["group", 3], ["rank", 6], ["kernel", 3],
  ["opset", 2], ["dtype", 2], ["bias", 1], ["input", 1], ["channels", 1],
];

function likenessOf(said) {
  const list = (name, value) => said[name] ?? said.kernel.map(() => value), likeness = {
    ...said, rank: said.kernel.length, strides: list("strides", 1), dilations: list("dilations", 1), output_padding: list("output_padding", 0),
    pads: said.pads ?? said.kernel.flatMap(() => [0, 0]), output_shape: said.output_shape ?? null, group: String(said.group ?? 1),
    auto_pad: said.auto_pad ?? "notset", channels: [said.X[1], said.W[1]],
  };
  return { ...likeness, [BELOW]: isBelowStride(likeness, (number) => number) };
}

// `read`: what a number is, where it stands for another.
function isBelowStride({ kernel, strides, dilations }, read) {
  return kernel.some((k, i) => (read(k) - 1) * read(dilations[i] ?? 1) + 1 < read(strides[i] ?? 1));
}

function likenessOfCall(call) {
  const { attributes: given, x, w } = call;
  return likenessOf({
    ...given, X: x, W: w, kernel: w.slice(2), input: x.slice(2), group: given.group, auto_pad: given.auto_pad?.toLowerCase(), dtype: call.dtype,
    opset: String(call.opset), bias: call.b ? "yes" : "no",
  });
}

// What has to hold of the numbers of a shape of summaries so that a case differs in nothing, by its name in NEARNESS, as `holding` says it; null for a shape of no
// such call. Whether the kernel is below the stride is worked out case by case.
function alikeTo(own, text, places) {
  const said = saidBy(text, places);
  if (said.op !== "convtranspose" || !said.data || said.data.startsWith("special") || !said.kernel.length) return null;
  const likeness = likenessOf(said), held = NEARNESS.map(([name]) => (name === BELOW ? [] : holding(likeness[name], own[name], places) ?? null));
  const read = (number, numbers, from) => (number - BLANK >= 0 && number - BLANK < places ? numbers[from + number - BLANK] : number);
  return { held, always: far((i) => held[i] === null), isBelow: (numbers, from) => isBelowStride(likeness, (number) => read(number, numbers, from)) };
}

// What those differences cost, by their place in NEARNESS, that there are.
function far(differs, most = Infinity) {
  let sum = 0;
  for (let i = 0; i < NEARNESS.length && sum < most; i++) if (differs(i)) sum += NEARNESS[i][1];
  return sum;
}

// [{at, differs}], the nearest first, of the cases with a flag in `among`; `at` is the case's place among the `summaries`.
function nearestCases(call, summaries, among, count = 3) {
  const own = likenessOfCall(call), { of, numbers, starts } = summaries, shapes = summaries.blanks.map((text, i) => alikeTo(own, text, summaries.shapes[i].length - 1));
  const nearest = [], most = () => (nearest.length === count ? nearest[count - 1].cost : Infinity);
  let shape, from;
  const differs = (i) => {
    if (NEARNESS[i][0] === BELOW) return shape.isBelow(numbers, from) !== own[BELOW];
    return shape.held[i] === null || shape.held[i].some(([place, number]) => numbers[from + place] !== number);
  };
  for (let at = 0; at < among.length; at++) {
    shape = shapes[of[at]];
    if (!among[at] || !shape || shape.always >= most()) continue;
    from = starts[at];
    const cost = far(differs, most());
    if (cost >= most()) continue;
    nearest.push({ at, cost, differs: NEARNESS.filter((_, i) => differs(i)).map(([name]) => name) });
    nearest.sort((a, b) => a.cost - b.cost || a.at - b.at).splice(count);
  }
  return nearest;
}
