// What each backend does with a call, from its declarations, the readings that it was seen to follow,
// and what its API cannot say. As the room `prediction` has it in Python, sentence by sentence.

// The faults of declarations that move sizes; the others change numbers alone.
const SHAPE_FAULTS = {
  no_maps_without_channels: (call, y) => (call.x[1] === 0 ? [y[0], 0, ...y.slice(2)] : y),
  rank_cut_at_small_output_shape(call, y) {
    const asked = call.attributes.output_shape ?? call.x.slice(2), first = asked.findIndex((size, i) => size < call.x[2 + i]);
    return first < 0 ? y : y.slice(0, 2 + first);
  },
};
const CALL_FAULTS = {
  input_reread_as_blocks(call) {
    const asked = call.attributes.output_shape ?? Array(rankOf(call)).fill(0);
    const blocks = axesOf(call).map((a, i) => floored(asked[i] + a.begin + a.end - a.reach, a.stride) + 1);
    const product = (sizes) => sizes.reduce((a, b) => a * b, 1);
    return Math.min(...blocks) > 0 && product(blocks) === product(call.x.slice(2)) ? { ...call, x: [...call.x.slice(0, 2), ...blocks] } : call;
  },
};
const NUMBER_FAULTS = { bias_of_first_group: (call) => call.b !== null && groupOf(call) > 1 };

// {refused, y, begins, ends, sizes, key}: what the call comes to under readings and faults.
function answerOf(call, readings = [], faults = []) {
  const acting = faults.filter((name) => NUMBER_FAULTS[name]?.(call));
  let asked = call;
  for (const name of faults) {
    const rewritten = CALL_FAULTS[name]?.(asked) ?? asked;
    if (!isEqual(rewritten.x, asked.x)) acting.push(name);
    asked = rewritten;
  }
  let rules = rulesFor(readings);
  if (acting.some((name) => name in CALL_FAULTS)) rules = { ...rules, limit: () => Infinity };
  try {
    const found = placed(asked, rules);
    found.y = faults.reduce((y, name) => SHAPE_FAULTS[name]?.(asked, y) ?? y, found.y);
    return { ...found, refused: "", key: JSON.stringify([found.y, acting.sort(), found.begins, found.sizes]) };
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    return { refused: refused.message, key: "refused" };
  }
}

const labelOf = (reading) => reading.split(":", 1)[0];

// The keys of all answers that conform: the text's, and those of readings that its text leaves open.
function conformingKeys(call, open) {
  let choices = [[]];
  for (const [label, below] of Object.entries(open)) {
    if (below && call.opset >= below) continue;
    const names = Object.keys(READINGS).filter((name) => labelOf(name) === label);
    choices = choices.flatMap((chosen) => [chosen, ...names.map((name) => [...chosen, name])]);
  }
  return new Set(choices.map((readings) => answerOf(call, readings).key));
}

function merged(rules, readings) {
  const sets = rules.map((d) => new Set([...d.readings, ...d.faults]));
  const isLess = (own, other) => own.size < other.size && [...own].every((name) => other.has(name));
  const widest = rules.filter((_, i) => !sets.some((other) => isLess(sets[i], other)));
  const unique = (names) => [...new Set(names)];
  const named = unique(widest.flatMap((d) => d.readings)), labels = named.map(labelOf);
  const followed = readings.filter((name) => !labels.includes(labelOf(name)));
  return { readings: [...named, ...followed], faults: unique(widest.flatMap((d) => d.faults)), followed };
}

// `knowledge`: {open, accuracy, readings, backends} as Python wrote it. What one of the backends does.
function predicted(backend, call, knowledge) {
  const refused = refusalOf(call), check = refused ? "rejection" : backend.check, bare = { backend, call, check, because: [], follows: [], reason: "" };
  const own = (habit) => (habit.check === "" || habit.check === check) && holds(habit.when, call, {});
  const why = whyUnsayable(backend.api, call);
  if (why) return { ...bare, does: "no one call", reason: why, within: within(backend, call, check, knowledge) };
  const declined = backend.declines.find(own);
  if (declined) return { ...bare, does: "declines", reason: declined.reason };
  const { here, depends } = speaking(backend, call, check);
  const found = { ...bare, onMachine: depends ? backend.onMachine : "" };
  if (check === "rejection") {
    return here.length ? { ...found, does: here[0].accepted ? "accepts" : "dies", because: [here[0]] } : { ...found, does: "refuses" };
  }
  return ofLegal(found, here, backend.follows.filter(own).flatMap((habit) => habit.readings), knowledge);
}

// What becomes of the call that several start with: without its bias, or bare of all that cuts its
// output, too. null where it conforms, or is not sayable either.
function within(backend, call, check, knowledge) {
  if (check === "rejection") return null;
  const { pads, auto_pad, output_padding, output_shape, ...rest } = call.attributes;
  const cut = [pads, auto_pad, output_padding, output_shape].some((given) => given !== undefined && given !== null);
  const starts = [...(call.b ? [{ ...call, b: null }] : []), ...(call.b || cut ? [{ ...call, b: null, attributes: rest }] : [])];
  const start = starts.find((each) => !whyUnsayableAsIs(backend.api, each));
  if (!start || refusalOf(start)) return null;
  const made = predicted(backend, start, knowledge);
  return made.does === "conforms" ? null : made;
}

// The declarations that hold for the call on the run's machine, and whether on another others would.
function speaking(backend, call, check) {
  const here = [];
  let depends = false;
  for (const declared of backend.declared.filter((each) => each.check === check)) {
    const [holdsHere, ...elsewhere] = declared.fits.map((fits, i) => fits && holds(declared.when, call, backend.machines[i]));
    if (holdsHere) here.push(declared);
    depends ||= declared.dependent && elsewhere.some((other) => other !== holdsHere);
  }
  return { here, depends };
}

const DEATHS = ["CRASHED", "TIMED_OUT", "OUT_OF_MEMORY"];

function ofLegal(bare, here, readings, knowledge) {
  const { call } = bare, rules = here.filter((d) => d.rule), explained = merged(rules, readings), { followed } = explained;
  const answer = answerOf(call, explained.readings, explained.faults);
  const stop = here.find((d) => d.error && !d.undefined);
  if (stop) return { ...bare, does: DEATHS.includes(stop.error) ? "dies" : "raises", because: [stop], reason: answer.refused };
  const allowed = conformingKeys(call, knowledge.open), conforms = allowed.has(answer.key);
  const alone = (d) => {
    const named = d.readings.map(labelOf);
    return answerOf(call, [...d.readings, ...followed.filter((name) => !named.includes(labelOf(name)))], d.faults).key;
  };
  const found = {
    ...bare, answer, because: conforms ? [] : rules.filter((d) => !allowed.has(alone(d))),
    follows: thatMatter(call, explained, conforms ? explained.readings : followed), accuracy: here.find((d) => d.accuracy)?.accuracy ?? "",
  };
  if (answer.refused) return { ...found, does: "raises", reason: answer.refused };
  const undefined_ = here.filter((d) => d.undefined);
  if (undefined_.length) return { ...found, does: "undefined", because: undefined_ };
  return { ...found, does: conforms ? "conforms" : "differs" };
}

// The readings without which the answer would be another.
function thatMatter(call, { readings, faults }, followed) {
  const key = answerOf(call, readings, faults).key;
  if (key === answerOf(call).key) return [];
  return followed.filter((name) => answerOf(call, readings.filter((other) => other !== name), faults).key !== key);
}
