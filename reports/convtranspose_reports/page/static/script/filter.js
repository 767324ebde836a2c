// Which rows the form asks for: a flag for each case and for each kind of answer, then one pass over the rows.

const CHOICES = ["backend", "check", "verdict", "outcome", "finding"];
const SEARCHED = ["reason", "note", "follows", "finding"];

function flags(words, test) {
  const found = new Uint8Array(words.length);
  for (let i = 0; i < found.length; i++) found[i] = test(words[i], i);
  return found;
}

// Rows that hold each of some tests: {case, kind}, flags, one of which has to be set.
class Wanted {
  constructor(tests) {
    const { cases, kinds } = data, both = (name, other) => tests.filter((test) => test[name] && !test[other]?.includes(1)).map((test) => test[name]);
    this.case = allOf(both("case", "kind"), cases.suite.length);
    this.kind = allOf(both("kind", "case"), kinds.verdict.length);
    this.either = tests.filter((test) => test.case?.includes(1) && test.kind?.includes(1));
  }

  has(i) {
    const at = data.rows.case[i], kind = data.rows.kind[i];
    return Boolean(this.case[at] && this.kind[kind]) && this.either.every((test) => test.case[at] || test.kind[kind]);
  }

  // Those of some rows, in their order.
  among(order) {
    const { case: ofCase, kind: ofKind } = data.rows, found = new Uint32Array(order.length), { case: cases, kind: kinds } = this;
    let length = 0;
    for (let n = 0; n < order.length; n++) {
      const i = order[n];
      if (cases[ofCase[i]] && kinds[ofKind[i]]) found[length++] = i;
    }
    return this.either.reduce((left, test) => left.filter((i) => test.case[ofCase[i]] || test.kind[ofKind[i]]), found.subarray(0, length));
  }
}

function allOf(columns, length) {
  const found = new Uint8Array(length).fill(1);
  for (const column of columns) for (let i = 0; i < length; i++) found[i] &= column[i];
  return found;
}

class Filter {
  constructor() {
    const { words, summary } = data;
    this.order = worstFirst(data);
    this.calls = new Haystack(words.case.length, (i) => [words.case.at(i), " " + summary.at(i)]);
    this.reasons = new Haystack(words.reason.length, (i) => [words.reason.at(i), ""]);
  }

  // What is searched, put together some at each step.
  *steps() {
    yield* this.calls.steps();
    yield* this.reasons.steps();
  }

  // What a term asks for, as a test.
  of({ name, value, whole }) {
    const { words, cases, sets } = data;
    if (QUERY_ATTRIBUTES.includes(name)) return { case: data.summary.flags((text, places) => attributeHolding(saidBy(text, places), name, value, places)) };
    if (name === "case") return { case: this.named(value) };
    if (name === "backend") value = QUERY_BACKENDS[value] || value;
    if (QUERY_COLUMNS.includes(name)) return { kind: this.told(name, value) };
    if (name === "feature") return this.having(flags(words.feature, (word) => word.toLowerCase().includes(value)));
    if (name === "suite") return { case: flags(cases.suite, (i) => words.suite[i].toLowerCase().includes(value)) };
    if (name === "clause") return { case: this.byCase("clauses", flags(sets.clauses, (labels) => labels.toLowerCase().split(" ").includes(value))) };
    const told = SEARCHED.map((column) => this.told(column, whole));
    return { case: this.calls.flags(whole), kind: byKind((kind) => told.some((each) => each[kind])) };
  }

  // The case of this name, where there is one, otherwise all whose names hold it.
  named(value) {
    const exactly = data.words.case.equal(value);
    return exactly.includes(1) ? exactly : this.calls.flags(value, true);
  }

  // By kind, 1 where its word of a column holds a text.
  told(column, text) {
    const wanted = column === "reason" ? this.reasons.flags(text) : flags(data.words[column], (word) => word.toLowerCase().includes(text));
    return flags(data.kinds[column], (word) => wanted[word]);
  }

  // Cases that have one of the features.
  having(wanted) {
    return { case: this.byCase("features", flags(data.sets.features, (each) => each.some((i) => wanted[i]))) };
  }

  byCase(name, ofSet) {
    return flags(data.cases[name], (set) => ofSet[set]);
  }

  wanted(text) {
    return new Wanted(readQuery(text).map((term) => this.of(term)));
  }

  // Indices of the rows, the worst first. `chosen`: name -> word; `text`: what was typed.
  rows(chosen, text) {
    const { words, kinds } = data, tests = readQuery(text).map((term) => this.of(term));
    for (const name of CHOICES) {
      if (chosen[name]) tests.push({ kind: flags(kinds[name], (word) => words[name][word] === chosen[name]) });
    }
    if (chosen.feature) tests.push(this.having(flags(words.feature, (word) => word === chosen.feature)));
    if (!tests.length) return this.order;
    return new Wanted(tests).among(this.order);
  }
}
