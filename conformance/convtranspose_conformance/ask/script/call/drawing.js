// An axis as a picture: inputs, zeros between them, the kernel that each input lays down, and how many
// products each output adds. As `explain --html` draws it.

const SVG = "http://www.w3.org/2000/svg";
const MOST_INPUTS = 8, MOST_DRAWN = 160, LETTERS = "abcdefghijklmnopqrstuvwxyz";

function svgElement(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// The axis, or one of fewer inputs with the same cuts, so that outputs away from the borders are there; null where the kernel alone is too wide.
function shortAxis(axis, begin, size) {
  const full = (inputs) => axis.stride * (inputs - 1) + axis.reach;
  const enough = -floored(-(axis.reach + axis.stride - 2), axis.stride) + 1, few = [Math.max(enough, 5), enough, 5, 4, 3, 2, 1];
  const tries = axis.input <= MOST_INPUTS ? [axis.input, ...few] : few;
  for (const inputs of tries) {
    const short = size - axis.stride * (axis.input - inputs);
    if (inputs > 0 && inputs <= Math.min(axis.input, LETTERS.length) && short > 0 && Math.max(full(inputs), begin + short) <= MOST_DRAWN) return { inputs, size: short };
  }
  return null;
}

function axisDrawing(axis, begin, size, name) {
  const short = shortAxis(axis, begin, size);
  if (!short) return null;
  const { inputs } = short, full = axis.stride * (inputs - 1) + axis.reach, first = Math.min(0, begin), last = Math.max(full, begin + short.size);
  const cell = Math.max(30, 10 + 8 * `w${axis.kernel}a`.length, 10 + 8 * `y${short.size - 1}`.length), left = (place) => 8 + (place - first) * cell;
  const prints = 118, outputs = prints + inputs * 26 + 30, width = Math.max((last - first) * cell + 16, 330), height = outputs + 52;
  const svg = svgElement("svg", { class: "axis", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${name}: ${inputs} inputs, ${short.size} outputs` });
  const box = (kind, place, y, tall) => svg.append(svgElement("rect", { class: kind, x: left(place) + 1, y, width: cell - 2, height: tall }));
  const says = (text, place, y, kind = "") => svg.append(svgElement("text", { class: kind, x: left(place) + cell / 2, y }, text));
  const title = (text, y) => svg.append(svgElement("text", { class: "what", x: 8, y }, text));
  const kept = (place) => begin <= place && place < begin + short.size, counts = new Map();
  title("input", 13);
  title("stride - 1 zeros between", 60);
  for (let place = 0; place <= axis.stride * (inputs - 1); place++) if (place % axis.stride) { box("zero", place, 66, 22); says("0", place, 82, "faint"); }
  title("the kernel that each lays down", prints - 8);
  for (let i = 0; i < inputs; i++) {
    const place = axis.stride * i, y = prints + i * 26, hue = `input i${i % 8}`;
    box(hue, first + i, 19, 22); says(LETTERS[i], first + i, 35);
    box(hue, place, 66, 22); says(LETTERS[i], place, 82);
    if (axis.dilation > 1) svg.append(svgElement("line", { class: "reach", x1: left(place), x2: left(place + axis.reach), y1: y + 12, y2: y + 12 }));
    for (let t = 0; t < axis.kernel; t++) {
      const at = place + axis.dilation * t;
      counts.set(at, (counts.get(at) || 0) + 1);
      box(hue + (kept(at) ? "" : " cut"), at, y + 1, 22); says(`w${t + 1}${LETTERS[i]}`, at, y + 16, kept(at) ? "" : "faint");
    }
  }
  title("output, and how many products it adds", outputs - 8);
  for (let place = first; place < last; place++) {
    const count = counts.get(place) || 0;
    box(kept(place) ? (count ? "out" : "out none") : "cut", place, outputs, 28); says(count, place, outputs + 19, kept(place) ? "number" : "faint");
    if (kept(place)) says(`y${place - begin}`, place, outputs + 43, "index");
  }
  const drawn = inputs === axis.input ? "" : `, drawn with ${inputs} of ${axis.input} inputs`;
  return { svg, caption: name + drawn };
}
