// The page begins: what needs no answers first.

async function start() {
  offerCopying();
  offerArrows();
  openForPrinting();
  shown.textContent = "Unpacking the answers…";
  try {
    data = await unpacked();
  } catch (error) {
    shown.textContent = "The answers could not be unpacked in this browser: " + error;
    return;
  }
  offerSearchKey();
  offerAnswers();
}

start();
