// SPDX-License-Identifier: MIT
//
// Elements of the page.  Bytes from the network become text, never markup.
"use strict";

const at = (id) => document.getElementById(id);

function add(parent, tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  parent.append(element);
  return element;
}

// A name with hyphens is not split at the end of a line.
const HYPHENATED = /([A-Za-z]\w*(?:-\w+)+)/;

function addWords(parent, text) {
  text.split(HYPHENATED).forEach((part, i) => {
    if (i % 2 === 1) add(parent, "span", part, "whole");
    else parent.append(part);
  });
}

// Puts a text there and shows the element, or hides it without one.
function say(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

// One live region speaks for the whole rail, so that it does not talk twice.
function announce(text) {
  at("announce").textContent = text;
}

const likesNoMotion = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches;

function bringIntoView(element) {
  const behavior = likesNoMotion() ? "auto" : "smooth";
  element.scrollIntoView({ block: "nearest", behavior });
}
