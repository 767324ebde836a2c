// Everything by keyboard, with few stops on the way to the answers.

// One tab stop for what holds many: a table's links, the cards. The arrows go from one to the next,
// Tab goes on from the one that was last in use, through what is open in it. Text that does not
// scroll is none.
function offerArrows() {
  for (const table of document.querySelectorAll("main .scroll > table:not(#answers)")) {
    const links = [...table.querySelectorAll("summary, a")].filter((link) => !link.parentElement.closest("details:not([open])") || link.matches("summary"));
    const row = (link) => link.closest("tr"), column = (link) => link.closest("th, td").cellIndex;
    const beyond = (link, step) => {
      const others = links.filter((other) => row(other) !== row(link) && column(other) === column(link));
      const below = (other) => (link.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      return step > 0 ? others.find(below) : others.findLast((other) => !below(other));
    };
    oneStop(links, (link) => link, beyond);
  }
  for (const links of ["nav a", ".tiles a"]) oneStop([...document.querySelectorAll(links)], (link) => link);
  oneStop([...document.querySelectorAll("section > :is(.finding, .cause)")], (card) => card.querySelector("summary"));
  const shown = (link) => !(link.matches("summary") ? link.parentElement : link).parentElement.closest("details:not([open])");
  oneStop([...document.querySelectorAll("#changes :is(summary, .turns a)")].filter(shown), (link) => link);
  oneStop([...document.querySelectorAll(".foremost li")], (card) => card.querySelector("a"));
  if (navigator.clipboard) oneStop([...document.querySelectorAll("article")], (card) => card.querySelector("button.copy"));
  // told of each box when it is first laid out, and again when that changes: what is closed costs nothing
  const boxes = new ResizeObserver((seen) => {
    const cut = seen.map(({ target }) => target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight);
    seen.forEach(({ target }, i) => { target.tabIndex = cut[i] ? 0 : -1; });
  });
  for (const box of document.querySelectorAll("pre, .scroll[tabindex]")) boxes.observe(box);
}

function oneStop(items, handle, beyond) {
  if (items.length < 2) return;
  const inside = (item) => [handle(item), ...item.querySelectorAll("a, button, summary")];
  const reach = (item, yes) => { for (const each of inside(item)) each.tabIndex = yes ? 0 : -1; };
  const step = (item, by) => items[items.indexOf(item) + by];
  let current = items[0];
  for (const item of items) {
    reach(item, item === current);
    item.addEventListener("focusin", () => {
      if (item === current) return;
      reach(current, false);
      reach(current = item, true);
    });
    handle(item).addEventListener("keydown", (event) => {
      const next = {
        ArrowLeft: () => step(item, -1), ArrowRight: () => step(item, 1),
        ArrowUp: () => (beyond || step)(item, -1), ArrowDown: () => (beyond || step)(item, 1),
        Home: () => items[0], End: () => items[items.length - 1],
      }[event.key];
      if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (next()) handle(next()).focus();
    });
  }
}

// The key / goes to the search, as on other pages; not where a letter is text.
function offerSearchKey() {
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    form.elements.q.focus();
  });
}

function openForPrinting() {
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) { details.open = true; opened.push(details); }
  });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });
}
