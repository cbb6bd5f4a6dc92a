"use strict";
// Two things that a page cannot know when it is written: whether the services answer just now,
// and what happens after. Without this script both are a link away.

const say = (zh, en) => `${zh} <span class="en" lang="en">${en}</span>`;

async function look(cell) {
  let well = false;
  try {
    well = (await fetch(cell.dataset.health, { cache: "no-store" })).ok;
  } catch {
    // No answer is an answer.
  }
  const mark = well ? "done" : "late";
  cell.innerHTML = `<span class="mark ${mark}" aria-hidden="true">${well ? "✓" : "!"}</span> ` +
    (well ? say("正常", "well") : `<strong class="bad">${say("不通", "no answer")}</strong>`);
}

function follow(controls) {
  const list = document.querySelector(".live");
  const button = controls.querySelector("button");
  controls.hidden = false;
  button.addEventListener("click", () => {
    const paused = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(paused));
  });
  return async () => {
    if (document.hidden || button.getAttribute("aria-pressed") === "true") return;
    const after = list.firstElementChild?.dataset.position ?? 0;
    const answer = await fetch(`${controls.dataset.live}?after=${after}`, { cache: "no-store" });
    if (!answer.ok) return;
    const news = document.createElement("template");
    news.innerHTML = await answer.text();
    for (const item of news.content.children) item.classList.add("new");
    list.prepend(news.content);
    while (list.children.length > 30) list.lastElementChild.remove();
  };
}

function every(seconds, work) {
  const again = () => work().catch(() => {}).finally(() => setTimeout(again, seconds * 1000));
  again();
}

const cells = [...document.querySelectorAll("[data-health]")];
if (cells.length) every(30, () => Promise.all(cells.map(look)));
const controls = document.querySelector("[data-live]");
if (controls) every(4, follow(controls));
