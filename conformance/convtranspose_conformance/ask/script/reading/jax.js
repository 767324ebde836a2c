// JAX's lax.conv_transpose and Flax's ConvTranspose, by JAX's own padding rule.

const JAX = /(?:\bjax\s*\.\s*)?\blax\s*\.\s*conv_transpose\s*\(|\b(?:flax\s*\.\s*)?(?:nn|nnx|linen)\s*\.\s*ConvTranspose\s*\(/;
const MIRRORED = "JAX does not mirror the kernel: W of ONNX is this kernel with its spatial axes reversed. transpose_kernel=True has ONNX's order of taps.";
const NOT_OF_JAX = /^(lhs|rhs|precision|param_dtype|kernel_init|bias_init|rngs|use_consistent_padding)$/; // no part of the question
POSITIONS.lax = ["lhs", "rhs", "strides", "padding", "rhs_dilation"];
POSITIONS.flax = ["features", "kernel_size", "strides", "padding", "kernel_dilation"];
POSITIONS.nnx = ["in_features", "out_features", "kernel_size", "strides", "padding"];
KEYWORDS.lax = ["dimension_numbers", "transpose_kernel", "precision", "preferred_element_type"];
KEYWORDS.flax = KEYWORDS.nnx = ["use_bias", "transpose_kernel", "dtype", "param_dtype", "precision", "kernel_init", "bias_init", "name"];

// As layerIn, and `settled`, which makes pads of JAX's padding once the kernel is known, and `notes`; null where there is none.
function jaxIn(text) {
  const at = text.match(JAX);
  if (!at) return null;
  const from = at.index + at[0].length, isLax = /\blax\b/.test(at[0]), kind = isLax ? "lax" : /nnx/.test(at[0]) || /\bin_features\b/.test(text) ? "nnx" : "flax", { given, end, foreign } = argumentsOf(text.slice(from), POSITIONS[kind], keywordsOf(kind));
  const { padding = isLax ? "" : "SAME", strides = "1", rhs_dilation, kernel_dilation = rhs_dilation ?? "1", features, in_features, out_features = features, kernel_size, use_bias, transpose_kernel, dimension_numbers, ...rest } = given;
  const pairs = numbersIn(padding), list = [strides, kernel_size].find((text) => /^\[|^\(.*,/.test(text ?? "")), axes = list ? numbersIn(list).length : /[[(].*[[(]/.test(padding) ? pairs.length / 2 : kernel_size && !isLax ? 1 : 2;
  const told = Object.fromEntries(Object.entries({ ...rest, kernel_size, strides: strides === "None" ? "1" : strides, dilations: kernel_dilation === "None" || kernel_dilation === "1" ? undefined : kernel_dilation, out_channels: out_features, in_channels: in_features }).filter(([name, value]) => value !== undefined && !NOT_OF_JAX.test(name)));
  const read = named({ ...told, axes: String(axes), auto_pad: "NOTSET", pads: "", output_shape: "", bias: isLax || /^false$/i.test(use_bias ?? "") ? "" : "yes" }), isOnnxOrder = /^true$/i.test(transpose_kernel ?? "");
  return {
    ...read, left: [...foreign, ...read.left], keywords: keywordsOf(kind), assumed: { input: "5", kernel: "3", ...(read.fields.strides ? {} : { strides: "1" }) }, channelsLast: !/NC/.test(dimension_numbers ?? ""), weights: isOnnxOrder ? "hwoi" : "hwio", around: aroundOf(text, at.index, from + end + 1),
    isPadded: true, notes: isOnnxOrder ? [] : [MIRRORED], settled: (fields) => padsOfJax(fields, padding, axes),
  };
}

// {fields, left}: what JAX's padding comes to as attributes of ONNX. Source: jax, _conv_transpose_padding.
function padsOfJax(fields, padding, axes) {
  const each = (text, usual) => { const n = numbersIn(text); return Array.from({ length: axes }, (_, i) => n[n.length > 1 ? i : 0] ?? usual); };
  const strides = each(fields.strides, 1), dilations = each(fields.dilations, 1), reach = each(fields.kernel, 3).map((k, i) => (k - 1) * dilations[i] + 1), word = padding.replace(/['"]/g, "").toUpperCase();
  const pairs = /^[[(\s]*\d/.test(padding) ? numbersIn(padding) : [], isSame = word === "SAME";
  const both = reach.map((k, i) => {
    const cut = isSame ? k - strides[i] : Math.min(k - strides[i], 0); // below 0: zeros at the end
    if (word === "VALID" || (isSame && cut < 0)) return [0, Math.min(cut, 0)];
    if (isSame) return [floored(cut, 2), cut - floored(cut, 2)];
    const [begin, end] = pairs.length === 1 ? [pairs[0], pairs[0]] : pairs.slice(2 * i, 2 * i + 2);
    return [k - 1 - begin, k - 1 - end];
  });
  const extra = both.map(([, end]) => Math.max(-end, 0)), isSaid = both.every(([begin], i) => begin >= 0 && extra[i] < Math.max(strides[i], dilations[i]));
  if (!isSaid) return { fields, left: [`padding=${padding}`] };
  if (isSame && !extra.some(Boolean)) return { fields: { ...fields, auto_pad: "SAME_UPPER" }, left: [] };
  const pads = [...both.map(([begin]) => begin), ...both.map(([, end]) => Math.max(end, 0))];
  return { fields: { ...fields, ...(pads.some(Boolean) && { pads: bracketed(pads) }), ...(extra.some(Boolean) && { output_padding: bracketed(extra) }) }, left: [] };
}
