// Where a ConvTranspose lands, by the text and by every reading of it: one axis at a time, as the
// Python reference has it, which the tests hold this against.
//
// A call is {x, w, b, attributes, opset, dtype, data}: shapes as ONNX has them, b null without a bias,
// attributes as given.

const LISTS = { strides: 1, dilations: 1, kernel_shape: 1, output_padding: 0, output_shape: 0, pads: 0 }; // the least value
const AUTO_PADS = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"];

class Refusal extends Error {
  constructor(clause, attribute, found, accepted) {
    const shown = Array.isArray(found) ? "[" + found.join(", ") + "]" : found === "" ? "''" : found;
    super(`${attribute} = ${shown}: accepted is ${accepted} (clause ${clause})`);
    Object.assign(this, { clause, attribute });
  }
}

const rankOf = (call) => call.x.length - 2;
const groupOf = (call) => call.attributes.group ?? 1;
const mapsOf = (call) => call.w[1] * groupOf(call);
const listOf = (call, name, value) => call.attributes[name] ?? Array(rankOf(call)).fill(value);
const floored = (one, other) => Math.floor(one / other);
const modulo = (one, other) => ((one % other) + other) % other;

function axesOf(call) {
  const rank = rankOf(call), given = call.attributes, pads = given.pads ?? Array(2 * rank).fill(0);
  const strides = listOf(call, "strides", 1), dilations = listOf(call, "dilations", 1), extra = listOf(call, "output_padding", 0);
  return call.x.slice(2).map((input, i) => {
    const kernel = call.w[2 + i], auto_pad = given.auto_pad ?? "NOTSET", reach = (kernel - 1) * dilations[i] + 1;
    return {
      input, kernel, auto_pad, reach, stride: strides[i], dilation: dilations[i], extra: extra[i], begin: pads[i], end: pads[rank + i],
      asked: given.output_shape ? given.output_shape[i] : null, opset: call.opset, same: auto_pad.startsWith("SAME"),
      natural: strides[i] * (input - 1) + extra[i] + reach,
    };
  });
}

// {least, greatest}: how many taps meet in an output away from the borders: those that are a multiple of the stride apart.
function tapsMeeting({ kernel, stride, dilation }) {
  const divisor = (one, other) => (other ? divisor(other, one % other) : one), shared = divisor(stride, dilation), places = stride / shared;
  return { least: shared > 1 ? 0 : floored(kernel, places), greatest: Math.ceil(kernel / places) };
}

// The text: a function for each sentence that is read in several ways.
const TEXT_RULES = {
  limit: (axis) => Math.max(axis.stride, axis.dilation),
  limitText: (axis) => `less than max(stride, dilation) = ${Math.max(axis.stride, axis.dilation)}`,
  sameSize: (axis) => (axis.opset < 11 ? axis.input : axis.input * axis.stride),
  extraAtBegin: (axis) => (axis.auto_pad !== "SAME_UPPER") !== (axis.opset < 11 && axis.asked !== null),
  oddNegative: null, negativeSame: null, negativeShape: null, shapePads: null, refuses: [],
};

function padsOrRefusal(begin, end, axis) {
  const blocks = floored(axis.asked + begin + end - axis.reach, axis.stride) + 1;
  if (blocks !== axis.input) {
    throw new Refusal("F", "output_shape", axis.asked, `a size from which Conv leads back to ${axis.input} inputs, not ${blocks}`);
  }
  return [begin, axis.natural - begin - axis.asked];
}

const refusing = (clause, why, test) => (rules) => ({ refuses: [...rules.refuses, { clause, why, test }] });
const noInput = (g) => g.axes.some((axis) => axis.input === 0);
const isNamed = (axis) => axis.asked !== null && !axis.same;

// Reading -> what it changes of the rules.
const READINGS = {
  "A:condition_of_opset_11": () => ({ extraAtBegin: (axis) => axis.auto_pad !== "SAME_UPPER" }),
  "A:inverted_everywhere": () => ({ extraAtBegin: (axis) => (axis.auto_pad !== "SAME_UPPER") !== (axis.opset < 11) }),
  "B:input_times_stride": () => ({ sameSize: (axis) => axis.input * axis.stride }),
  "C:clamped": () => ({ negativeSame: () => [0, 0] }),
  "C:zeros_at_end": () => ({ negativeSame: (axis, total) => [0, total] }),
  "D:output_padding_adds_size": (rules) => ({ sameSize: (axis) => rules.sameSize(axis) + axis.extra }),
  "D:half_kernel_pads": (rules) => ({ sameSize: (axis) => (axis.extra ? axis.natural - 2 * floored(axis.reach, 2) : rules.sameSize(axis)) }),
  "E:truncated": (rules) => ({
    oddNegative: (axis, total) => { const half = -floored(-total, 2); return rules.extraAtBegin(axis) ? [total - half, half] : [half, total - half]; },
  }),
  "E:zeros_at_end": () => ({ oddNegative: (axis, total) => [0, total] }),
  "F:extra_at_end": (rules) => ({ extraAtBegin: (axis) => !isNamed(axis) && rules.extraAtBegin(axis) }),
  "F:no_pads": () => ({ shapePads: (axis) => padsOrRefusal(0, 0, axis) }),
  "G:pads_used": () => ({ shapePads: (axis) => padsOrRefusal(axis.begin, axis.end, axis) }),
  "J:zeros_at_end": () => ({ negativeShape: (axis, total) => [0, total] }),
  "J:refused": refusing("J", "an output_shape from which Conv leads back to the input size", (g) =>
    g.axes.some((a) => a.asked !== null && a.asked > a.natural && a.asked >= a.natural - a.extra + a.stride)),
  "K:below_stride": () => ({ limit: (axis) => axis.stride, limitText: (axis) => `less than stride = ${axis.stride}` }),
  "R:empty_refused": refusing("R", "no dimension of size 0", (g) => g.y.includes(0) || g.channels === 0 || noInput(g)),
  "R:empty_spatial_refused": refusing("R", "no spatial dimension and no M of size 0", (g) => g.y.slice(1).includes(0) || noInput(g)),
  "R:empty_output_refused": refusing("R", "no spatial output size of 0", (g) => g.sizes.includes(0)),
  "R:empty_batch_alone_computed": refusing("R", "no dimension of size 0 but N", (g) => g.y.slice(1).includes(0) || g.channels === 0 || noInput(g)),
  "R:empty_output_and_shaped_input_refused": refusing("R", "no spatial output size of 0, and no empty input beside output_shape", (g) =>
    g.sizes.includes(0) || g.axes.some((a) => a.input === 0 && a.asked !== null)),
  "R:empty_channels_and_output_computed": refusing("R", "no N, no M and no spatial input size of 0", (g) => g.y.slice(0, 2).includes(0) || noInput(g)),
};

function rulesFor(readings) {
  return readings.reduce((rules, name) => ({ ...rules, ...READINGS[name](rules) }), TEXT_RULES);
}

function padsOf(axis, rules) {
  if (axis.extra >= rules.limit(axis)) throw new Refusal("K", "output_padding", axis.extra, rules.limitText(axis));
  let total, negative;
  if (axis.asked !== null) {
    if (rules.shapePads && !axis.same) return rules.shapePads(axis);
    [total, negative] = [axis.natural - axis.asked, rules.negativeShape];
  } else if (axis.same) [total, negative] = [axis.natural - rules.sameSize(axis), rules.negativeSame];
  else return [axis.begin, axis.end];
  return total < 0 && negative ? negative(axis, total) : split(axis, total, rules);
}

function split(axis, total, rules) {
  if (total < 0 && total % 2 && rules.oddNegative) return rules.oddNegative(axis, total);
  const half = floored(total, 2);
  return rules.extraAtBegin(axis) ? [total - half, half] : [half, total - half];
}

// The call under rules: {axes, begins, ends, sizes, y}. Throws a Refusal for what they forbid.
function placed(call, rules = TEXT_RULES) {
  checkCall(call);
  const axes = axesOf(call), pads = axes.map((axis) => padsOf(axis, rules));
  const sizes = axes.map((axis, i) => axis.natural - pads[i][0] - pads[i][1]), y = [call.x[0], mapsOf(call), ...sizes];
  if (Math.min(...sizes) < 0) throw new Refusal("M", "output size", sizes, "at least 0 along each axis");
  if (y.reduce((product, size) => product * Math.max(size, 1), 1) > 2 ** 62) throw new Refusal("M", "output size", y, "fewer than 2**62 elements");
  const found = { axes, channels: call.x[1], begins: pads.map(([b]) => b + 0), ends: pads.map(([, e]) => e + 0), sizes, y };
  for (const { clause, why, test } of rules.refuses) if (test(found)) throw new Refusal(clause, "shape", y, why);
  return found;
}

// What the text forbids whatever the geometry.
function checkCall({ x, w, b, attributes: given }) {
  const rank = x.length - 2, group = given.group ?? 1, refuse = (...why) => { throw new Refusal(...why); };
  if (rank < 1) refuse("O", "rank of X", x.length, "at least 3: N x C x D1 ...");
  if (w.length !== x.length) refuse("O", "rank of W", w.length, `${x.length}, the rank of X`);
  if (group < 1) refuse("O", "group", group, "at least 1");
  if (x[1] % group) refuse("O", "group", group, `a divisor of C = ${x[1]}`);
  if (w[0] !== x[1]) refuse("O", "W.shape[0]", w[0], `C = ${x[1]}, the channels of X`);
  if (w.slice(2).some((size) => size < 1)) refuse("O", "W.shape", w, "a kernel of at least 1 along each axis");
  const maps = w[1] * group;
  if (b && (b.length !== 1 || b[0] !== maps)) refuse("O", "B.shape", b, `[${maps}], one value for each of the M output channels`);
  for (const name of ["strides", "dilations", "kernel_shape", "output_padding", "output_shape", "pads"]) {
    const values = given[name], length = name === "pads" ? 2 * rank : rank;
    if (values === undefined) continue;
    if (values.length !== length) refuse(name === "output_shape" ? "L" : "O", name, values, `${length} values for ${rank} spatial axes`);
    if (values.some((value) => value < LISTS[name])) refuse(name === "output_shape" ? "M" : "O", name, values, `values of at least ${LISTS[name]}`);
  }
  const kernel = w.slice(2);
  if (given.kernel_shape && !given.kernel_shape.every((k, i) => k === kernel[i])) refuse("O", "kernel_shape", given.kernel_shape, `[${kernel.join(", ")}], as W has it`);
  if (given.auto_pad !== undefined && !AUTO_PADS.includes(given.auto_pad)) refuse("N", "auto_pad", given.auto_pad, `one of ${AUTO_PADS.join(", ")}`);
  if (given.pads && given.auto_pad !== undefined && given.auto_pad !== "NOTSET") refuse("H", "pads", given.pads, `none beside auto_pad = ${given.auto_pad}`);
}

function refusalOf(call) {
  try {
    placed(call);
    return null;
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    return refused;
  }
}
