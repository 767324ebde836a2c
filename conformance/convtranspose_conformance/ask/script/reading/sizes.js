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

// `exactly double the size`, `3x the input`; and `which padding and output_padding do I need to`, where what is looked for is no number that was left out.
const TIMES = { doubl: 2, twice: 2, tripl: 3, quadrupl: 4 };
const FACTOR = new RegExp(String.raw`(?<![\w.-])(?:(?:gives?|gets?|makes?|an? output|exactly|is|be|of|to|by|has|have)\s+)*(?:(?<word>doubl|twice|tripl|quadrupl)(?:es?|ed|ing)?|(?<number>[2-9]|\d\d)\s?(?:x|×|times))\s+(?:the\s+|its\s+|that of the\s+|as large as the\s+)?(?:spatial |input |original |feature[- ]map |image )?(?:sizes?|resolution|dimensions?|dims|inputs?|image|height and width)(?:\s+of (?:the|its) (?:inputs?|image))?(?![\w-])`, "gi");
const A_PADDING = "(?:output[_ ]padding|padding|pads?)";
const SOUGHT = new RegExp(String.raw`(?<![\w-])(?:which|what|how (?:much|many)|find|choose)\s+(?:(?:is|are|should be|value of|of)\s+)?(?:the\s+|an?\s+)?${A_PADDING}(?:\s*(?:,|and|or|\/)\s*${A_PADDING})*(?![\w-])(?:\s+(?:do|should|must|can)\s+(?:i|you|we|one)\s+(?:need|use|set|choose|take)|\s+is\s+(?:needed|required))?(?:\s+(?:to|for|so that))?`, "gi");

// How many times the input's sizes an output has; 0 where that is not said.
function takeFactor(reading) {
  let factor = 0;
  reading.take(FACTOR, (...found) => {
    const { word, number } = found.at(-1);
    factor ||= number ? Number(number) : TIMES[word.toLowerCase()];
  });
  return factor;
}

// A text that states sizes, as it means without what it states of them, and looks for.
const withoutSought = (text) => text.replace(FACTOR, " ").replace(SOUGHT, " ");

// What is said of outputs that a question states: whether the text asks for them, and what would make them.
function* outputsSaid(call, { outputs, assumed, factor, isSought }) {
  if (isSought && !outputs.length && !factor && !refusalOf(call)) {
    const { begins, ends } = placed(call);
    yield element("p", `By the operator's text its pads are ${bracketed([...begins, ...ends])}: begins, then ends.`, "lead");
  }
  if (refusalOf(call) || ["kernel", "strides"].some((field) => assumed[field])) return;
  const { y, axes } = placed(call), spatial = y.slice(2), isOfAny = factor && axes.every(({ stride }) => stride === factor);
  if (!(outputs.length && !assumed.input) && !(factor && (isOfAny || !assumed.input))) return;
  const stated = [...outputs.map(numbersIn), ...(factor ? [call.x.slice(2).map((size) => factor * size)] : [])], isY = (numbers) => [spatial, y, y.slice(1), [y[0], ...spatial, y[1]], [...spatial, y[1]]].some((sizes) => sizes.join() === numbers.join()) || (numbers.length === 1 && spatial.every((size) => size === numbers[0]));
  const others = stated.filter((numbers) => !isY(numbers)), wanted = others.find((numbers) => [1, spatial.length].includes(numbers.length)), beside = [...new Set(others.map(sizesText))];
  const any = isOfAny ? `, ${factor} times the input whatever its size` : "", right = any || ", as the question has it";
  const says = element("p", `By the operator's text Y is ${sizesText(spatial)}${beside.length ? `, not ${joined(beside)}` : right}.`, "lead"), asked = wanted && spatial.map((_, i) => wanted[i] ?? wanted[0]);
  if (wanted) says.append(...wayParts(call, asked, any));
  yield says;
}

function* wayParts(call, wanted, any) {
  const { pads, extra } = waysTo(call, wanted) ?? {}, changed = { ...(pads && { pads: bracketed(pads) }), ...(extra && (extra.some(Boolean) || !pads) && { output_padding: bracketed(extra) }) }, some = Object.entries(changed).map(([name, numbers]) => `${name} ${numbers}`);
  if (some.length) yield* [` With ${some.join(" and ")} it is ${sizesText(wanted)}${any}. `, address("That call", addressOfQuestion({ ...questionOf(), output_padding: "", ...changed }))];
  else if (isPaddedByHand(call)) yield ` No output_padding below stride or dilation and no pads of 0 and more make it ${sizesText(wanted)}.`;
}

const isPaddedByHand = (call) => !call.attributes.output_shape && (call.attributes.auto_pad ?? "NOTSET") === "NOTSET";

// {pads, extra}: the output_padding with which Y has these sizes; else, with the least of it, the least pads, the same at both ends where that can be. null where there are none, or the call has another attribute that decides.
function waysTo(call, wanted) {
  if (!isPaddedByHand(call)) return null;
  const { axes, sizes } = placed(call), most = axes.map(({ stride, dilation }) => Math.max(stride, dilation) - 1), isLegal = (extra) => extra.every((each, i) => each >= 0 && each <= most[i]);
  const beside = axes.map((axis, i) => axis.extra + wanted[i] - sizes[i]);
  if (isLegal(beside)) return { extra: beside };
  const cut = axes.map((axis, i) => axis.natural - axis.extra - wanted[i]), extra = cut.map((each, i) => (each < 0 ? -each : each % 2 && Math.min(most[i], 1)));
  if (!isLegal(extra)) return null;
  const totals = cut.map((each, i) => Math.max(each + extra[i], 0));
  return { pads: [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))], extra };
}
