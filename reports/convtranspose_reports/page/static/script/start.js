// The page begins: what needs no answers first.

async function start() {
  offerCopying();
  offerArrows();
  openForPrinting();
  for (const each of starting) each();
  const sections = [...document.querySelectorAll("main > section")];
  const layouts = sections.map((section) => () => layOut(section));
  shown.textContent = "Unpacking the answers…";
  try {
    data = await unpacked();
  } catch (error) {
    shown.textContent = "The answers could not be unpacked in this browser: " + error;
    whenIdle(layouts);
    return;
  }
  offerSearchKey();
  offerAnswers();
  for (const each of afterAnswers) each();
  whenIdle([...layouts, ...answers.steps()]); // it can be used by now
}

// What is not in sight is laid out when nothing else is to be done, one section at a time.
function layOut(section) {
  section.classList.add("laid-out");
  return section.offsetHeight; // now, and not with all the others
}

start();
