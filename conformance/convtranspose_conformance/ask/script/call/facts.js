// What a condition may speak of: the facts of a call, and those of the machine.

const FACTS = {
  op: () => "ConvTranspose", rank: rankOf, dtype: (call) => call.dtype, data: (call) => call.data, opset: (call) => call.opset,
  initializer: (call) => call.initializer ?? true, bias: (call) => call.b !== null, N: (call) => call.x[0], C: (call) => call.x[1], M: mapsOf, group: groupOf,
  auto_pad: (call) => call.attributes.auto_pad ?? "NOTSET", given: (call) => Object.keys(call.attributes).sort(),
  forbidden: (call) => refusalOf(call)?.attribute ?? "", X: (call) => call.x, W: (call) => call.w, B: (call) => call.b ?? [],
  input: (call) => call.x.slice(2), kernel: (call) => call.w.slice(2), strides: (call) => listOf(call, "strides", 1),
  dilations: (call) => listOf(call, "dilations", 1), output_padding: (call) => listOf(call, "output_padding", 0),
  pads: (call) => call.attributes.pads ?? Array(2 * rankOf(call)).fill(0), kernel_shape: (call) => call.attributes.kernel_shape ?? [],
  output_shape: (call) => call.attributes.output_shape ?? [],
  effective_kernel: (call) => legally(call, (g) => g.axes.map((axis) => axis.reach)), natural: (call) => legally(call, (g) => g.axes.map((axis) => axis.natural)),
  total_padding: (call) => legally(call, (g) => g.begins.map((begin, i) => begin + g.ends[i])), output: (call) => legally(call, (g) => g.sizes),
  // of a call without a resize before it and a shuffle behind it, which the page does not ask
  resize: () => "", scales: () => [], sizes: () => [], coordinates: () => "", nearest_mode: () => "", cubic_coeff_a: () => 0,
  exclude_outside: () => false, antialias: () => false, policy: () => "", scale: () => [], resized: () => [],
  whole: (call) => !refusalOf(call), shuffle: () => "", blocksize: () => 0,
};

// What follows in a legal call; of a forbidden one, nothing.
const legally = (call, fact) => (refusalOf(call) ? [] : fact(placed(call)));

// name -> value, each worked out when it is first asked for.
function factsOf(call, machine = {}) {
  const known = { ...machine };
  return (name) => (name in known ? known[name] : (known[name] = FACTS[name](call)));
}

function holds(condition, call, machine) {
  return condition === null || isTrue(evaluated(condition, factsOf(call, machine)));
}
