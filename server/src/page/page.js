// What every page has: buttons that copy, tokens that show when clicked, lists that can be searched.

const button = (text, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "small";
  made.textContent = text;
  made.addEventListener("click", () => act(made));
  return made;
};

const say = (made, text) => {
  const before = made.textContent;
  made.textContent = text;
  setTimeout(() => { made.textContent = before; }, 1500);
};

for (const place of document.querySelectorAll("[data-copy]")) {
  // A program's lines are copied without the button that stands among them.
  const text = place.textContent;
  const copy = async (made) => {
    try {
      await navigator.clipboard.writeText(text);
      say(made, "Copied");
    } catch {
      getSelection().selectAllChildren(place);
      say(made, "Press Ctrl+C");
    }
  };
  place.after(button("Copy", copy));
}

for (const secret of document.querySelectorAll("dd .secret")) {
  const toggle = (made) => {
    const shown = document.body.classList.toggle("revealed");
    made.textContent = shown ? "Hide" : "Show";
  };
  secret.after(button("Show", toggle));
}

for (const search of document.querySelectorAll("details.values input")) {
  const values = [...search.parentElement.querySelectorAll("li")];
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    for (const value of values) value.hidden = !value.textContent.toLowerCase().includes(wanted);
  });
}
