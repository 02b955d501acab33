// SPDX-License-Identifier: MIT
// The answers of tests/probe/peers/nginx.conf.
function echo(r) {
  var body = '';
  for (var name in r.headersIn) {
    body += name + ': ' + r.headersIn[name] + '\n';
  }
  r.return(200, body);
}

function cookie(r) {
  var pairs = (r.headersIn['Cookie'] || '').split(';');
  r.return(200, pairs.map((pair) => pair.replace(/^\s+/, ''))
      .filter((pair) => pair.indexOf('=') > 0)
      .map((pair) => pair + '\n').join(''));
}

function main(r) {
  r.return(200, r.method === 'POST' ? r.requestText || '' : 'OK');
}

export default {echo, cookie, main};
