// The box in which one asks about a call: #ask?strides=4&kernel=2&auto_pad=SAME_UPPER.

const asking = document.getElementById("asked"), answered = document.getElementById("ask-answer"), saidInWords = document.getElementById("ask-said");
const BADGES = { conforms: "conforms", differs: "deviates", raises: "deviates", dies: "deviates", undefined: "deviates", accepts: "deviates", refuses: "conforms",
  "no one call": "unsupported", declines: "declined" };
const MANY_DO = { conforms: ["conforms", "conform"], differs: ["differs", "differ"], raises: ["raises", "raise"], dies: ["dies", "die"], undefined: ["follows no rule", "follow no rule"],
  accepts: ["answers it all the same", "answer it all the same"], refuses: ["refuses it", "refuse it"], "no one call": ["cannot say it in one call", "cannot say it in one call"], declines: ["declines it", "decline it"] };
let knowledge, computedCases;

function questionOf() {
  return Object.fromEntries([...new FormData(asking)].filter(([name, value]) => name !== "layer" && value.trim()));
}

function fillQuestion(question) {
  for (const name of QUESTION) {
    const field = asking.elements[name], value = question[name];
    if (value === undefined) continue;
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }
  const more = asking.querySelector("details");
  more.open ||= [...more.querySelectorAll("input, select")].some((field) => (field.type === "checkbox" ? field.checked : field.value !== (field.dataset.usual ?? "")));
}

function addressOfQuestion(question) {
  const query = new URLSearchParams(Object.entries(question).filter(([name, value]) => value !== USUAL[name]));
  return "ask?" + query;
}

function ask() {
  const question = questionOf(), text = asking.elements.layer.value, read = text.trim() ? readAsked(text) : null;
  let call;
  try {
    call = callOf(question);
  } catch (error) {
    saidInWords.replaceChildren(...(read ? readParts(read) : []));
    answered.replaceChildren(element("p", error.message, "flag"));
    return;
  }
  const to = read?.meaning ? addressOfWords(text) : addressOfQuestion(question);
  saidInWords.replaceChildren(...(read ? leadParts(call, read) : []));
  answered.replaceChildren(...(read && isDoubtful(read) ? [] : answerParts(call, to, read)));
  oneStop([...answered.querySelectorAll(".nearest li")], (item) => item.querySelector("a"));
  oneStop([...answered.querySelectorAll(".codes summary")], (summary) => summary);
}

function* answerParts(call, to, read) {
  const refused = refusalOf(call), size = element("p", undefined, "big");
  if (refused) size.append("The text forbids this call: ", element("strong", refused.message));
  else size.append("For these numbers Y is ", element("strong", placed(call).y.join(" × ")), " ", element("span", "batch × channels × sizes, by the operator's text", "quiet"));
  yield size;
  if (!refused && placed(call).y.reduce((product, each) => product * each, 1) > MOST) yield element("p", "That is more than was ever computed here: what is said below follows from the rules alone.", "flag");
  yield element("p", [countsOfAll(call), ...(read && !refused ? othersSaid(call, openIn(read)) : [])].join(" "), "counted");
  if (!refused) yield* codeParts(call, read?.meaning ? titlesNamed(read.meaning) : []);
  const parts = element("div", undefined, "ask-parts"), left = element("div"), right = element("div");
  parts.append(left, right);
  left.append(...whatBackendsDo(call));
  if (!refused) right.append(...howItComes(call));
  yield parts;
  yield* nearestParts(call);
  const end = element("p");
  end.append(address("The address of this question", to), " ", copyLink(to));
  yield end;
}

function* whatBackendsDo(call) {
  yield element("h3", "What each does with it");
  yield element("p", "Worked out from what is known of each; what this run recorded stands below.", "quiet");
  const rows = element("ul", undefined, "does");
  for (const backend of knowledge.backends) {
    const prediction = predicted(backend, call, knowledge), row = element("li"), says = saysBeside(prediction);
    row.append(element("strong", backend.title + " " + backend.version), " ", badgeSaid(prediction, SAID_AS[prediction.does] ?? prediction.does), " ");
    if (says) {
      const told = element("span", undefined, "says");
      told.append(...withClauses(says));
      row.append(told);
    }
    for (const { id } of prediction.because) {
      if (document.getElementById("finding/" + id)) row.append(address("the finding, with numbers", "finding/" + id));
    }
    if (backend.ran && !(backend.ran + ".").startsWith(backend.version + ".")) row.append(element("span", `This run asked ${backend.ran}, of which nothing is declared.`, "says"));
    rows.append(row);
  }
  yield rows;
}

function badgeSaid(prediction, word) {
  const isAllowed = prediction.does === "raises" && !prediction.because.length && prediction.follows.length > 0; // by a reading that the text leaves open
  const does = isAllowed ? "conforms" : BADGES[prediction.does], made = element("span", undefined, "badge " + does), glyph = element("span", GLYPHS[does] + " ");
  glyph.setAttribute("aria-hidden", "true");
  made.append(glyph, word);
  return made;
}

// How many do what with it: `Of 6 backends 3 conform, 2 differ, 1 cannot say it in one call.`
function countsOfAll(call) {
  const counts = new Map();
  for (const backend of knowledge.backends) {
    const { does } = predicted(backend, call, knowledge);
    counts.set(does, (counts.get(does) ?? 0) + 1);
  }
  const said = Object.keys(BADGES).filter((does) => counts.has(does)).map((does) => `${counts.get(does)} ${MANY_DO[does][Number(counts.get(does) > 1)]}`);
  return `Of ${knowledge.backends.length} backends ${said.join(", ")}.`;
}

// Who does something else with other numbers in place of those that were assumed.
function* othersSaid(call, open) {
  const others = knowledge.backends.map((backend) => [backend, otherwise(backend, predicted(backend, call, knowledge).does, open)]).filter(([, other]) => other);
  if (others.length) yield `With other numbers than were assumed: ${others.map(([{ title }, { numbers, prediction }]) => `${title} ${MANY_DO[prediction.does][0]}, as with ${numbersSaid(numbers)}`).join("; ")}.`;
}

function* howItComes(call) {
  const found = placed(call);
  yield element("h3", "How the size comes about");
  for (const [names, i] of alikeAxes(found)) {
    const axis = found.axes[i], begin = found.begins[i], end = found.ends[i], size = found.sizes[i], asked = axis.asked ?? (axis.same ? TEXT_RULES.sameSize(axis) : null);
    const lines = element("p", undefined, "code");
    lines.append(`${names}: ${axis.stride} × (${axis.input} − 1) + ${axis.extra} + (${axis.kernel} − 1) × ${axis.dilation} + 1 = ${axis.natural}`);
    if (asked !== null) lines.append(element("br"), `total_padding = ${axis.natural} − ${asked} = ${begin + end}`);
    lines.append(element("br"), `${axis.natural} − begin ${begin} − end ${end} = ${size}`);
    yield lines;
    yield element("p", overlapOf(axis));
    const drawn = axisDrawing(axis, begin, size, names);
    if (!drawn) continue;
    const figure = element("figure"), scroll = element("div", undefined, "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", "Picture of " + drawn.caption);
    scroll.append(drawn.svg);
    figure.append(element("figcaption", drawn.caption), scroll);
    yield figure;
  }
}

function overlapOf(axis) {
  const { least, greatest } = tapsMeeting(axis), taps = greatest === 1 ? "1 tap" : greatest + " taps";
  if (least === greatest) return `Overlap: even, every output away from the borders adds ${taps}.`;
  return `Overlap: uneven, outputs away from the borders add ${least} to ${taps}: checkerboard artifacts.`;
}

// [names, number of the first] of neighbouring axes that are the same.
function alikeAxes({ axes }) {
  const groups = [];
  axes.forEach((axis, i) => {
    const last = groups.at(-1);
    if (last && JSON.stringify(axes[last[1]]) === JSON.stringify(axis)) last[0] = last[0].replace("axis", "axes") + `, D${i + 1}`;
    else groups.push([`axis D${i + 1}`, i]);
  });
  return groups;
}

// But for those that stand above already.
function* codeParts(call, above) {
  const codes = codesOf(call).filter(([title]) => !above.includes(title)), parts = element("div", undefined, "codes");
  parts.append(...codes.map((code) => codeFigure(code, false)));
  if (codes.length) yield parts;
}

function codeFigure([title, { lines, why }], isOpen) {
  const more = element("details", undefined, "reproducer"), summary = element("summary", `As code of ${title}`), copy = element("button", "Copy", "copy"), text = element("pre", lines.join("\n"));
  copy.type = "button";
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", () => copied(copy, text.textContent));
  more.open = isOpen;
  more.append(summary, copy, text);
  if (why) more.append(element("p", why, "quiet"));
  return more;
}

// The cases whose output or its shape was asked for.
function computed() {
  if (computedCases) return computedCases;
  const { rows, kinds, words, count } = data, asked = byKind((kind) => words.check[kinds.check[kind]].startsWith("output"));
  computedCases = new Uint8Array(words.case.length);
  for (let i = 0; i < count; i++) computedCases[rows.case[i]] |= asked[rows.kind[i]];
  return computedCases;
}

function* nearestParts(call) {
  if (!answers) return;
  const near = nearestCases(call, data.summary, computed());
  if (!near.length) return;
  yield element("h3", "The recorded cases nearest to it");
  const list = element("ul", undefined, "nearest");
  for (const { at, differs } of near) {
    const name = data.words.case.at(at), item = element("li"), link = address("", "case/" + name);
    link.append(...broken(name));
    item.append(link, element("span", differs.length ? `differs in ${differs.join(", ")}` : "the same call", "says"));
    list.append(item);
  }
  yield list;
}

function clearQuestion() {
  asking.querySelector("details").open = false;
  for (const field of asking.elements) if (QUESTION.includes(field.name)) { if (field.type === "checkbox") field.checked = false; else field.value = field.dataset.usual ?? ""; }
}

// A text is a question of its own: what it says fills the form, and it is answered as a call, or in words where it has none.
function askText(text, beside = {}) {
  const read = readAsked(text), { isCall, fields, assumed } = read;
  clearQuestion();
  fillQuestion({ ...assumed, ...fields, ...beside });
  if (isCall) ask();
  else answerInWords(read, text);
}

function answerInWords(read, text) {
  answered.replaceChildren();
  saidInWords.replaceChildren(...saidToWords(read, text));
}

function followQuestion() {
  if (!location.hash.startsWith("#ask?")) return false;
  const { layer, ...question } = Object.fromEntries(new URLSearchParams(location.hash.slice(5)));
  asking.elements.layer.value = (layer ?? "").replace(/\s*[\r\n]+\s*/g, " "); // a box of one line would drop the ends of lines
  if (layer) askText(asking.elements.layer.value, question);
  else {
    clearQuestion();
    fillQuestion(question);
    ask();
  }
  document.getElementById("ask").scrollIntoView();
  return true;
}

function offerAsking() {
  knowledge = JSON.parse(document.getElementById("ask-knowledge").textContent);
  asking.hidden = false;
  oneStop([...asking.querySelectorAll(".examples a")], (link) => link);
  const { layer } = asking.elements, asks = () => { history.replaceState(null, "", "#" + addressOfQuestion(questionOf())); ask(); };
  const asksText = () => {
    const text = layer.value;
    if (!text.trim()) { clearQuestion(); asks(); return; }
    const { kind } = readAsked(text);
    askText(text);
    history.replaceState(null, "", "#" + (kind === "attributes" ? addressOfQuestion(questionOf()) : addressOfWords(text)));
  };
  layer.addEventListener("input", (event) => { event.stopPropagation(); asksText(); });
  asking.addEventListener("input", () => { layer.value = ""; asks(); });
  asking.addEventListener("submit", (event) => { event.preventDefault(); if (layer.value.trim()) asksText(); else asks(); });
  addEventListener("hashchange", followQuestion);
  if (!followQuestion()) ask();
  const again = () => (layer.value.trim() ? askText(layer.value) : ask());
  afterAnswers.push(() => (location.hash.startsWith("#ask?") ? again() : whenIdle([again]))); // with the recorded cases nearest to it
}

starting.push(offerAsking);
