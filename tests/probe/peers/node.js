// SPDX-License-Identifier: MIT
// The server that tests/probe/peers.sh probes: node's own http.
'use strict';
const http = require('http');

function fields(headers) {
  return Object.entries(headers)
      .flatMap(([name, value]) => [].concat(value).map(
          (one) => `${name}: ${one}\n`))
      .join('');
}

function cookies(header = '') {
  return header.split(';').map((pair) => pair.trimStart())
      .filter((pair) => pair.indexOf('=') > 0)
      .map((pair) => `${pair}\n`).join('');
}

http.createServer((request, response) => {
  const answer = (body) => {
    response.writeHead(200, {'Content-Type': 'text/plain'});
    response.end(body);
  };
  const path = request.url.split('?')[0];
  if (path === '/echo') return answer(fields(request.headers));
  if (path === '/cookie') return answer(cookies(request.headers.cookie));
  if (request.method !== 'POST') return answer('OK');
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => answer(Buffer.concat(parts)));
}).listen(Number(process.argv[2]), '127.0.0.1');
