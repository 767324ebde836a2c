// Sizes that a text states beside a call: those of X, of W, and of an output that somebody saw or wants.

const TENSORS_MADE = "randn?|zeros|ones|empty|normal|uniform|Input(?:Layer)?|placeholder"; // functions that make an X
const OUTPUT_VERBS = String.raw`returns?|returned|returning|gives?|gave|giving|gets?|got|getting|expect(?:s|ed|ing)?|produc(?:es?|ed|ing)|yields?|yielded|becomes?|wants?|wanted|should be|comes? out (?:as|at)|came out (?:as|at)|->|=>|→`;
const OF_AN_OUTPUT = String.raw`(?:[\s:=]|\b(?:sizes?|shapes?|sized|of|is|are|was|be|has|have|as|an?|the|me|us|only|y|outputs?|results?|tensors?)\b)*`;

// `torch.Size([1, 16, 7, 7])` is a list, and who makes a tensor is not asked about: `torch.randn(`.
function tensorsPlain(text) {
  const lists = text.replace(/(?:\b[A-Za-z_]\w*\.)*\b(?:Size|TensorShape)\s*\(\s*([[(][^\])]*[\])])\s*\)/g, "$1").replace(/\b(?:b?float(?:16|32|64)|tensor)\s*(?=\[\s*\d)/gi, "");
  const unnamed = lists.replace(new RegExp(`(?<![\\w.])(?!(?:x|y|w|weights?|lhs|rhs)\\s)[a-z_]\\w*\\s*=\\s*(?=(?:[a-z_]\\w*\\.)*(?:${TENSORS_MADE})\\s*\\()`, "gi"), "").replace(/\b(?:torch|tf|np|jnp|mx)\.(?=b?float(?:16|32|64))/g, "");
  return unnamed.replace(new RegExp(`(?:\\b[A-Za-z_]\\w*\\.)+(?=(?:${TENSORS_MADE})\\s*\\()`, "g"), "");
}

// The sizes of outputs, each as it is written; of those that name an output, or else what a verb says.
function takeOutputs(reading, isLabelled) {
  const outputs = [], take = (pattern) => reading.take(new RegExp(pattern, "gi"), (_, sizes) => outputs.push(sizes)), noWord = `(?![ -](?:${ANY_CALLED})(?![\\w-]))`, number = `${SIZES}${noWord}`;
  if (isLabelled) {
    take(String.raw`(?<![\w-])(?:outputs?(?![_ ](?:shape|padding|channel))|results?)${OF_AN_OUTPUT}${number}`);
    take(String.raw`(?<![\w.])y\b[^()[\]\d|]{0,20}([([](?:\d+\s*,\s*)+\d+[)\]])`);
    take(String.raw`(?<![\w.-])(\d+(?:\s*[x×]\s*\d+)+) outputs?(?![\w-])`);
    return outputs;
  }
  take(String.raw`(?<![\w-])(?:${OUTPUT_VERBS})${OF_AN_OUTPUT}${number}`);
  return outputs;
}

// What an output is told apart from: `13x13 instead of 14x14`.
function takeContrasts(reading) {
  const outputs = [];
  reading.take(new RegExp(String.raw`(?<![\w-])(?:instead of|rather than|and not|but not|not)${OF_AN_OUTPUT}${SIZES}`, "gi"), (_, sizes) => outputs.push(sizes));
  return outputs;
}

const WEIGHTS_OF = { // the axes of W: those of the kernel last, or first and then channels of X and Y
  last: ([channels, maps, ...kernel]) => ({ channels, maps, kernel }),
  hwio: (sizes) => ({ channels: sizes.at(-2), maps: sizes.at(-1), kernel: sizes.slice(0, -2) }),
  hwoi: (sizes) => ({ channels: sizes.at(-1), maps: sizes.at(-2), kernel: sizes.slice(0, -2) }),
};

function takeTensors(reading, put, fields, order) {
  const listed = String.raw`\(?[([]((?:\d+\s*,\s*){2,}\d+)[)\]]\)?`;
  reading.take(new RegExp(String.raw`(?<![\w.])(?:x|lhs)\b[^()[\]\d|]{0,20}${listed}`, "gi"), (_, sizes) => put("input", `[${sizes}]`));
  reading.take(new RegExp(String.raw`(?<![\w.])(?:w(?:eights?)?|rhs)\b[^()[\]\d|]{0,20}${listed}`, "gi"), (_, sizes) => {
    const { channels, maps, kernel } = WEIGHTS_OF[order](numbersIn(sizes));
    Object.assign(fields, { channels: String(channels), maps: String(maps), kernel: bracketed(kernel) });
  });
  reading.take(new RegExp(String.raw`(?<![\w.-])(?:an? |the )?(?:inputs?|tensors?|images?|feature maps?)(?:[\s:=]|\b(?:of|with|has|is|shapes?|sizes?|sized)\b)*${listed}`, "gi"), (_, sizes) => put("input", `[${sizes}]`));
  reading.take(new RegExp(String.raw`\b(?:${TENSORS_MADE})\s*\(\s*(?:[a-z]\w*\s*,\s*)?(?:(?:input_)?(?:shape|size)\s*=\s*)?[[(]?\s*(?:None\s*,\s*)?(\d[\d,\s]*)[)\]]*`, "g"), (_, sizes) => put("input", `[${numbersIn(sizes).join(", ")}]`));
}

// `7x7 to 14x14`
function takeFromTo(reading, put) {
  const outputs = [], sizes = String.raw`(\d+(?:\s*[x×]\s*\d+)+)`;
  reading.take(new RegExp(String.raw`(?<![\w.-])${sizes}\s*(?:to|into|->|=>|→)\s*${sizes}(?![\w-])`, "gi"), (_, input, output) => { put("input", input); outputs.push(output); });
  return outputs;
}

// What is said of outputs that a question states: whether the text asks for them.
function* outputsSaid(call, { outputs, assumed }) {
  if (!outputs.length || refusalOf(call) || ["input", "kernel", "strides"].some((field) => assumed[field])) return;
  const { y } = placed(call), spatial = y.slice(2), isY = (numbers) => [spatial, y, y.slice(1), [y[0], ...spatial, y[1]], [...spatial, y[1]]].some((sizes) => sizes.join() === numbers.join()) || (numbers.length === 1 && spatial.every((size) => size === numbers[0]));
  const plain = (text) => sizesText(numbersIn(text)), others = outputs.filter((text) => !isY(numbersIn(text))).map(plain), right = outputs.filter((text) => isY(numbersIn(text)));
  const wanted = others.length ? outputs.map(numbersIn).filter((numbers) => !isY(numbers)).find((numbers) => [1, spatial.length].includes(numbers.length)) : undefined, extra = wanted && paddingMaking(call, wanted);
  yield element("p", `By the operator's text Y is ${sizesText(spatial)}${others.length ? `, not ${joined([...new Set(others)])}` : ""}${right.length && !others.length ? ", as the question has it" : ""}.${extra ? ` With output_padding ${bracketed(extra)} it is ${sizesText(spatial.map((size, i) => wanted[i] ?? wanted[0]))}.` : ""}`, "lead");
}

// The output_padding, below the stride, with which Y has these sizes; null where there is none, or the call has another that decides.
function paddingMaking(call, wanted) {
  if (call.attributes.output_shape || (call.attributes.auto_pad ?? "NOTSET") !== "NOTSET") return null;
  const { sizes, axes } = placed(call), extra = sizes.map((size, i) => axes[i].extra + (wanted[i] ?? wanted[0]) - size);
  return extra.every((each, i) => each >= 0 && each < Math.max(axes[i].stride, axes[i].dilation)) ? extra : null;
}
