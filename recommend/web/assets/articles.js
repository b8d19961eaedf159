// What makes the pages about articles quicker: searching as one types, moving links by
// drag, and changes that leave the page where it is. Everything works without.
"use strict";

document.documentElement.classList.add("scripted");

// swap puts what a page has under a selector into this one.
function swap(page, selector) {
  const fresh = page.querySelector(selector), old = document.querySelector(selector);
  if (fresh && old) old.replaceWith(fresh);
  return fresh;
}

const parse = (text) => new DOMParser().parseFromString(text, "text/html");

// A search is sent as one types, and the newest answer counts.
let typing, asking;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.live) return;
  const shown = document.querySelector(form.dataset.live);
  if (shown.querySelector("form")) shown.inert = true; // it would send what was typed before
  clearTimeout(typing);
  typing = setTimeout(async () => {
    asking?.abort();
    asking = new AbortController();
    const url = form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
    const target = document.querySelector(form.dataset.live);
    target.classList.add("busy");
    try {
      const answer = await fetch(url, { signal: asking.signal });
      if (!answer.ok || answer.redirected) return location.assign(url);
      swap(parse(await answer.text()), form.dataset.live);
      history.replaceState(null, "", url);
    } catch (error) {
      if (error.name === "AbortError") return;
      target.classList.remove("busy");
      if (target.inert) form.requestSubmit();
    }
  }, 120);
});

// Where names are typed there is always room for one more.
document.addEventListener("input", (event) => {
  const last = event.target;
  if (!last.matches(".names > input:last-child") || last.value === "") return;
  const more = last.cloneNode();
  more.removeAttribute("id");
  more.removeAttribute("value");
  more.value = "";
  last.after(more);
});

// A choice that needs no other is sent at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-send]")) event.target.form.requestSubmit();
});

// refuse says above a form why nothing was done, and leaves what was filled in.
function refuse(form, page) {
  form.classList.remove("busy");
  delete form.dataset.sent;
  document.querySelector("#refused")?.remove();
  const why = document.createElement("div");
  why.id = "refused";
  why.className = "fault";
  why.tabIndex = -1;
  why.setAttribute("role", "alert");
  why.append(...[...page.querySelectorAll("main h1, main p")].filter((one) => !one.querySelector("a")).map((one) => {
    const line = document.createElement("p");
    line.textContent = one.textContent;
    return line;
  }));
  form.before(why);
  why.focus();
}

// send makes the change of a form's button and shows the page that comes of it, where the
// reader is; the button that stands for the same thing then has the focus.
async function send(form, button) {
  const fields = new URLSearchParams(new FormData(form, button));
  const key = button?.dataset.key;
  form.classList.add("busy");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: fields });
  } catch {
    form.classList.remove("busy");
    delete form.dataset.sent;
    return;
  }
  const page = parse(await answer.text());
  if (!answer.ok && !page.querySelector(`form[action="${form.getAttribute("action")}"]`)) return refuse(form, page); // else it asks
  document.title = page.title;
  if (answer.redirected) history.replaceState(null, "", answer.url);
  swap(page, "main");
  const again = key && [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && !one.disabled);
  const near = key && [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.endsWith(key.slice(key.indexOf(" "))) && !one.disabled);
  (again || near || document.querySelector("main")).focus({ preventScroll: Boolean(again || near) });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.keep === undefined || event.defaultPrevented) return;
  event.preventDefault();
  send(form, event.submitter);
});

// A row is dragged by its handle, with a mouse or a finger.
document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".handle");
  const row = handle?.closest("[data-sortable] > li");
  if (!row || event.button !== 0) return;
  event.preventDefault();
  const list = row.parentElement, form = row.closest("form");
  const before = [...list.children].indexOf(row);
  row.classList.add("dragged");
  document.documentElement.classList.add("dragging");
  const move = (at) => {
    const over = [...list.children].find((other) => {
      const box = other.getBoundingClientRect();
      return other !== row && at.clientY >= box.top && at.clientY < box.bottom;
    });
    if (!over) return;
    const box = over.getBoundingClientRect(), own = row.getBoundingClientRect();
    // It passes a row once it would not lie over that row's middle after that.
    if (own.top < box.top && at.clientY > box.bottom - Math.min(own.height, box.height) / 2) over.after(row);
    else if (own.top > box.top && at.clientY < box.top + Math.min(own.height, box.height) / 2) over.before(row);
  };
  const end = (cancelled) => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", stop);
    document.removeEventListener("keydown", escape);
    row.classList.remove("dragged");
    document.documentElement.classList.remove("dragging");
    const after = [...list.children].indexOf(row);
    if (cancelled) {
      list.insertBefore(row, list.children[before + (after < before ? 1 : 0)] ?? null);
    } else if (after !== before) {
      const button = document.createElement("button");
      button.name = "do";
      button.value = `move ${after + 1} ${row.dataset.id}`;
      button.dataset.key = `pin ${row.dataset.id}`;
      button.hidden = true;
      form.append(button);
      form.requestSubmit(button);
    }
  };
  const drop = () => end(false), stop = () => end(true);
  const escape = (event) => { if (event.key === "Escape") end(true); };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", escape);
});
