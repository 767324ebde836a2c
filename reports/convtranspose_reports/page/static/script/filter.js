// Which rows the form asks for: one flag for each word of a column, then one pass over the rows.

const CHOICES = ["backend", "check", "verdict", "outcome", "finding"];
const SEARCHED = ["case", "reason", "note", "follows", "finding"];

function flags(words, test) {
  return Uint8Array.from(words, (word, i) => test(word, i));
}

class Filter {
  constructor(data) {
    this.data = data;
    this.order = worstFirst(data);
    const lower = (words) => words.map((text) => text.toLowerCase());
    this.lower = Object.fromEntries([...QUERY_COLUMNS, "feature", "suite"].map((name) => [name, lower(data.words[name])]));
    this.text = { ...this.lower, case: this.lower.case.map((name, i) => name + " " + data.cases.summary[i].toLowerCase()) };
  }

  get summaries() {
    return (this.read ??= this.data.cases.summary.map(readSummary));
  }

  // [column, flags of its words] pairs, one of which has to hold.
  of({ name, value, whole }) {
    if (QUERY_ATTRIBUTES.includes(name)) return [["case", flags(this.summaries, (said) => hasAttribute(said, name, value))]];
    if (name === "case" && this.lower.case.includes(value)) return [["case", flags(this.lower.case, (word) => word === value)]];
    if (name === "backend") value = QUERY_BACKENDS[value] || value;
    if (QUERY_COLUMNS.includes(name)) return [[name, flags(this.lower[name], (word) => word.includes(value))]];
    if (name === "feature" || name === "suite") return [this.ofCases(name, flags(this.lower[name], (word) => word.includes(value)))];
    if (name === "clause") return [["case", flags(this.data.cases.clauses, (labels) => labels.toLowerCase().split(" ").includes(value))]];
    return SEARCHED.map((column) => [column, flags(this.text[column], (word) => word.includes(whole))]);
  }

  ofCases(name, wanted) {
    const cases = name === "suite" ? this.data.cases.suite : this.data.cases.features;
    return ["case", flags(cases, (each) => [].concat(each).some((i) => wanted[i]))];
  }

  // Indices of the rows, the worst first. `chosen`: name -> word; `text`: what was typed.
  rows(chosen, text) {
    const { words, rows } = this.data;
    const tests = readQuery(text).map((term) => this.of(term));
    for (const name of CHOICES) {
      if (chosen[name]) tests.push([[name, flags(words[name], (word) => word === chosen[name])]]);
    }
    if (chosen.feature) tests.push([this.ofCases("feature", flags(words.feature, (word) => word === chosen.feature))]);
    if (!tests.length) return this.order;
    const columns = tests.map((test) => test.map(([name, wanted]) => [rows[name], wanted]));
    return this.order.filter((i) => columns.every((test) => test.some(([column, wanted]) => wanted[column[i]])));
  }
}
