// Why one call of a framework's API cannot say a call; "" where it can. As the adapters have it.

class Unsayable extends Error {}
const unsayable = (why) => { throw new Unsayable(why); };

function checkSayable(call) {
  const given = call.attributes, rank = rankOf(call), auto_pad = given.auto_pad ?? "NOTSET";
  if (rank < 1 || rank > 3) unsayable(`there is no convolution with ${rank} spatial axes`);
  if (!AUTO_PADS.includes(auto_pad)) unsayable(`there is no auto_pad, hence no '${auto_pad}'`);
  if (given.pads && auto_pad !== "NOTSET") unsayable("padding is one argument: auto_pad and pads cannot both be said");
  if (given.kernel_shape && !isEqual(given.kernel_shape, call.w.slice(2))) unsayable("there is no kernel_shape beside the weights' own");
  return auto_pad;
}

function pairsOfPads(call) {
  const flat = call.attributes.pads ?? Array(2 * rankOf(call)).fill(0), half = floored(flat.length, 2);
  if (flat.length % 2) unsayable(`pads of ${flat.length} values are no begin and end for each axis`);
  return flat.slice(0, half).map((begin, i) => [begin, flat[half + i]]);
}

const SAYABLE = {
  torch(call) {
    const auto_pad = checkSayable(call);
    if (call.attributes.output_shape) {
      unsayable("no argument derives pads from an output shape (output_size of the modules only chooses output_padding)");
    }
    if (auto_pad.startsWith("SAME")) unsayable("conv_transpose has no padding='same'");
    if (pairsOfPads(call).some(([begin, end]) => begin !== end)) unsayable("padding is the same at both ends of an axis");
  },
  tensorflow(call) {
    const auto_pad = checkSayable(call), same = auto_pad === "SAME_UPPER";
    if (groupOf(call) < 1) unsayable("there is no group argument: it follows from the shapes");
    if (call.b) unsayable("there is no bias argument; tf.nn.bias_add is a second call, with a rounding of its own");
    const told = toldShape(call, auto_pad);
    if (call.attributes.output_shape && !auto_pad.startsWith("SAME")) unsayable("pads follow from output_shape under SAME only");
    if (auto_pad === "SAME_LOWER") unsayable("SAME puts the extra element at the end; there is no SAME_LOWER");
    const pads = pairsOfPads(call), strides = listOf(call, "strides", 1), dilations = listOf(call, "dilations", 1);
    told.forEach((out, i) => {
      if (strides[i] < 1) return;
      const reach = (call.w[2 + i] - 1) * dilations[i];
      const back = same ? -floored(-out, strides[i]) : floored(out + pads[i][0] + pads[i][1] - reach - 1, strides[i]) + 1;
      if (back !== call.x[2 + i]) unsayable("output_shape has to be a size from which conv leads back to the input size");
    });
    if (same && listOf(call, "output_padding", 0).some(Boolean)) unsayable("SAME has no output_padding: it is implied by output_shape");
    if (!same && pads.flat().some(Boolean) && rankOf(call) !== 2) unsayable("explicit pads are for two spatial axes only");
  },
  backprop(call) {
    if (rankOf(call) !== 2) unsayable("Conv2DBackpropInput is ConvTranspose with two spatial axes");
    SAYABLE.tensorflow(call);
  },
};

// The spatial sizes that TensorFlow wants to be told; of a forbidden call those of the equation alone.
function toldShape(call, auto_pad) {
  const bare = { ...call, b: null }, refused = refusalOf(bare);
  if (!refused) return placed(bare).sizes;
  const names = ["strides", "dilations", "output_padding"], lists = names.map((name) => listOf(call, name, name === "output_padding" ? 0 : 1));
  const pads = pairsOfPads(call), each = [...lists, pads, call.w.slice(2)];
  const beside = ["strides", "dilations", "pads", "W.shape[0]", "output size"].includes(refused.attribute);
  if (!beside || auto_pad !== "NOTSET" || each.some((list) => list.length !== rankOf(call))) {
    unsayable(`it has to be told the output's shape, and this call has none: ${refused.message}`);
  }
  const [strides, dilations, extra] = lists;
  return call.x.slice(2).map((x, i) => strides[i] * (x - 1) + extra[i] + (call.w[2 + i] - 1) * dilations[i] + 1 - pads[i][0] - pads[i][1]);
}

// A bias hides nothing of what else it cannot say.
function whyUnsayable(api, call) {
  const why = whyUnsayableAsIs(api, call), rest = why && call.b ? whyUnsayableAsIs(api, { ...call, b: null }) : "";
  return rest && rest !== why ? `${why}; ${rest}` : why;
}

function whyUnsayableAsIs(api, call) {
  try {
    if (api) SAYABLE[api](call);
    return "";
  } catch (why) {
    if (!(why instanceof Unsayable)) throw why;
    return why.message;
  }
}
