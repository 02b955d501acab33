'use strict';

// What the start lines and fields mean, in short.
const requestWords = {
  '': 'A WebSocket is opened with GET, and not before HTTP/1.1. The ' +
    'target is your path; by show= this page asks to see both heads.',
  'host': 'Server and port as the client knows them. Required, once.',
  'connection': 'The options of this hop. Upgrade says: the Upgrade ' +
    'field is meant for you, not for the server behind you.',
  'upgrade': 'The protocols the client would like to switch to.',
  'sec-websocket-key': '16 random bytes in base64. No secret: the ' +
    'answer to it proves that the server read a WebSocket handshake.',
  'sec-websocket-version': 'Always 13, the version of RFC 6455.',
  'sec-websocket-protocol': 'Sub-protocols on offer. The server may ' +
    'choose one of them.',
  'sec-websocket-extensions': 'Extensions on offer. The server may ' +
    'agree to some of them, or to none; the reply tells.',
  'origin': 'The site whose script opens the WebSocket. The server ' +
    'decides which ones it lets in; here, its own.',
  'user-agent': 'Which browser this is.',
  'pragma': 'No cache may answer (the old way to say so).',
  'cache-control': 'No cache may answer.',
  'accept-encoding': 'Codings for a body. The handshake has none.',
  'accept-language': 'The languages its user reads, by preference.',
  'cookie': 'Cookies of this host. They may come with a WebSocket of ' +
    'any site, which is why Origin has to be looked at.'
};
const replyWords = {
  '': '101 Switching Protocols: yes. An upgrade that is refused gets ' +
    'any other status.',
  'upgrade': 'The protocol that both speak from now on.',
  'connection': 'Goes with Upgrade, as in the request.',
  'sec-websocket-accept': 'SHA-1 of the key and a constant, in base64.',
  'sec-websocket-protocol': 'The sub-protocol that the server chose.',
  'sec-websocket-extensions': 'What both have agreed on. With ' +
    'permessage-deflate messages travel compressed; its values say ' +
    'how large a window is, and whether it is kept between messages.'
};
const endWords = 'An empty line ends the head. The next byte is the ' +
  'first one of WebSocket.';
const at = id => document.getElementById(id);

function add(parent, tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  parent.append(element);
  return element;
}

// One character of the head is one byte. A byte that cannot be shown
// becomes <HH>.
function printable(text) {
  return text.replace(/[^ -~]/g, byte =>
    '<' + byte.charCodeAt(0).toString(16).padStart(2, '0') + '>');
}

function showLine(list, name, value, note) {
  const term = add(list, 'dt', '', 'wire');
  if (name) add(term, 'span', printable(name), 'name');
  if (name) term.append(': ');
  add(term, 'span', printable(value), 'value');
  return add(list, 'dd', note, 'soft');
}

// A field without an explanation here is no part of the handshake.
function wordFor(words, name) {
  const key = name.toLowerCase();
  if (Object.hasOwn(words, key)) return words[key];
  if (key.startsWith('sec-fetch-') || key.startsWith('sec-ch-'))
    return 'What the browser says of itself and of this request.';
  return 'No part of the handshake.';
}

// Returns the fields by their names in lower case: the value, and the
// element that explains it.
function showHead(list, head, words) {
  const fields = {};
  const lines = head.split('\r\n');
  list.replaceChildren();
  showLine(list, '', lines[0], words['']);
  for (const line of lines.slice(1, lines.indexOf('', 1))) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    const note = showLine(list, name, value, wordFor(words, name));
    fields[name.toLowerCase()] = { value, note };
  }
  showLine(list, '', '(empty line)', endWords);
  return fields;
}

// Computes RFC 6455 4.2.2 once more. Browsers have SHA-1 only for pages
// from this machine or over TLS.
async function checkAccept(key, accept) {
  if (!key || !accept || !window.crypto || !crypto.subtle) return;
  const text = key.value + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest('SHA-1', bytes);
  const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
  add(accept.note, 'span', base64 === accept.value
    ? ' This page computed the same from the key.'
    : ' This page computed another from the key: ' + base64, 'check');
}

async function showExchange(token) {
  const answer = await fetch('/exchange?' + token);
  if (!answer.ok) return;
  const exchange = await answer.json();
  const sent = showHead(at('request'), exchange.request, requestWords);
  const got = showHead(at('reply'), exchange.reply, replyWords);
  checkAccept(sent['sec-websocket-key'], got['sec-websocket-accept']);
}
let socket = null;

function setState(state, text) {
  const open = state === 'open';
  at('status').dataset.state = state;
  at('status').textContent = text;
  at('open').disabled = open || state === 'opening';
  at('close').disabled = !open;
  at('message').disabled = at('send').disabled = !open;
  if (document.activeElement === document.body)
    at(open ? 'close' : 'open').focus({ preventScroll: true });
}

function showMessage(text, className) {
  add(at('log'), 'li', text, className);
  at('log').scrollTop = at('log').scrollHeight;
}

function makeToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
}

// `show` asks the server to keep both heads for this page.
function addressOf(path, token) {
  const url = new URL(location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = path;
  url.search = 'show=' + token;
  url.hash = '';
  return url;
}

function openSocket() {
  const names = at('subprotocols').value.split(/[ ,]+/).filter(Boolean);
  const token = makeToken();
  let opened = false;
  at('request').replaceChildren();
  at('reply').replaceChildren();
  at('log').replaceChildren();
  setState('opening', 'Opening...');
  socket = new WebSocket(addressOf(at('path').value, token).href, names);
  socket.onopen = () => {
    opened = true;
    showExchange(token);
    const name = socket.protocol;
    const extensions = socket.extensions;
    setState('open', 'Open: this connection now speaks WebSocket' +
      (name ? ', sub-protocol ' + name : '') +
      (extensions ? ', with ' + extensions : '') + '.');
  };
  socket.onmessage = event => {
    showMessage(event.data, 'echoed');
  };
  socket.onclose = event => opened
    ? setState('closed', 'Closed, with code ' + event.code + '.')
    : setState('failed', 'Not opened. A browser does not tell a page ' +
      'why; the server does, in its log.' + (names.length > 0
        ? ' If it speaks none of these sub-protocols, the browser ' +
          'closes again: start it with --subprotocol ' + names[0] + '.'
        : ''));
}
at('connect').onsubmit = event => {
  event.preventDefault();
  try {
    openSocket();
  } catch (error) {
    setState('failed', 'Not opened: ' + error.message);
  }
};
at('close').onclick = () => socket.close(1000);
at('speak').onsubmit = event => {
  event.preventDefault();
  showMessage(at('message').value, 'sent');
  socket.send(at('message').value);
  at('message').select();
};
